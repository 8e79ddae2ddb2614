import { CHECKS, GROUPS } from "../requirements/index.ts";
import type { Check } from "./check.ts";
import { type RunOptions, settle } from "./options.ts";
import { preflight } from "./preflight.ts";
import type { Facts } from "./probe.ts";
import { redactor, shown } from "./redact.ts";
import { judge } from "./runner.ts";
import { inOrder, neededBy, refuseEmpty, select } from "./selection.ts";
import { Session } from "./session.ts";
import { type OpenTarget, openTarget, type Target } from "./target.ts";
import { isScored } from "./verdict.ts";

/** What vitest, jest and node:test have in common. */
interface Context {
  skip?(note?: string): void;
}
// biome-ignore lint/suspicious/noExplicitAny: three runners type these functions in three ways.
type Declare = (name: string, body: (...parameters: any[]) => any, timeout?: number) => unknown;

/** Paced requests take their time, the longest burst half a minute; vitest and jest would give up after five seconds. */
const TIMEOUT_MS = 180_000;

export interface SuiteOptions extends Omit<RunOptions, "target" | "apiKey" | "onResult"> {
  readonly describe: Declare;
  readonly it: Declare;
  /** An address or an application, or how to start one: called before the first check. */
  readonly target: Target | (() => Promise<Started>);
  /** Not needed when `target` is a function that starts one. */
  readonly apiKey?: string;
}

/** What a target that was started for the suite is, and options that are only known then. */
export interface Started extends Pick<RunOptions, "target" | "apiKey" | "controller" | "ca"> {
  readonly close?: () => Promise<void>;
}

interface Opened {
  readonly session: Session;
  readonly facts: Facts;
  close(): Promise<void>;
}

/**
 * The same checks as tests of a runner, one test a requirement:
 *
 *     conformanceSuite({ describe, it, target: "http://127.0.0.1:4010/v1", apiKey: process.env.KEY });
 *
 * A failed requirement that does not gate under the profile is skipped with its reason, as is what does not apply. The last test cleans up.
 */
export function conformanceSuite({ describe, it, target, apiKey, ...options }: SuiteOptions): void {
  const isStarter = typeof target === "function" && target.length === 0;
  const settings = { mode: "standard", allow: [], only: [], skip: [], controller: null, rateKey: null, apiKeyB: null, ...options } as never;
  const selection = select(CHECKS, settings, null);
  refuseEmpty(selection, null);
  let opening: Promise<Opened> | null = null;
  const open = () => (opening ??= start());

  for (const group of [...GROUPS].sort((a, b) => Number(a.name === "RATE") - Number(b.name === "RATE"))) {
    const chosen = inOrder(group.checks.filter((check) => selection.chosen.includes(check)));
    if (chosen.length === 0) continue;
    describe(`${group.name} ${group.title}`, () => {
      // No parameter by name: jest would take it for its `done` and wait.
      for (const check of chosen) it(`${check.id} ${check.requirement}`, (...[context]: [Context?]) => verify(check, context), TIMEOUT_MS);
    });
  }
  describe("afterwards", () => {
    const tidy = async () => {
      const { session, close } = await open();
      session.cleaning();
      const left = await session.cleanup.run();
      await close();
      if (left.length > 0) console.warn(`left behind: ${left.map(({ what, reason }) => `${what} (${reason})`).join(", ")}`);
    };
    it("what was made is taken away", tidy, TIMEOUT_MS);
  });

  async function start(): Promise<Opened> {
    const { close: stop, ...started }: Started = isStarter
      ? await (target as () => Promise<Started>)()
      : { target: target as Target, apiKey: apiKey ?? "" };
    const all = settle({ ...options, ...started });
    const place: OpenTarget = await openTarget(all.target);
    const session = new Session(all, place);
    const facts = await preflight(session, neededBy(selection.chosen));
    return {
      session,
      facts,
      async close() {
        await session.close();
        await place.close();
        await stop?.();
      },
    };
  }

  async function verify(check: Check, context: Context | undefined): Promise<void> {
    const { session, facts } = await open();
    const [left] = select([check], session.settings, facts).left;
    if (left) return skip(context, left.reason);
    const { status, reason, evidence } = await judge(check, session, facts);
    if (status === "pass") return;
    if (status === "not_applicable") return skip(context, reason);
    const gates = isScored(check, session.settings.profile, session.settings.strict) || evidence?.mandatory || status === "harness_error";
    if (!gates) return skip(context, `${status}: ${reason}`);
    const redact = redactor([...session.secrets]);
    const exchange = evidence?.exchange && shown(evidence.exchange, redact);
    throw new Error(
      [
        `${check.id} ${status}: ${redact(reason)}`,
        check.requirement,
        ...(evidence?.pointer ? [`at ${evidence.pointer}`] : []),
        ...(evidence && "expected" in evidence
          ? [`expected ${redact(JSON.stringify(evidence.expected))}, actual ${redact(JSON.stringify(evidence.actual) ?? "")}`]
          : []),
        ...(exchange ? [exchange.curl, `${exchange.status} ${exchange.responseBody}`] : []),
        `hint: ${check.hint}`,
      ].join("\n"),
    );
  }
}

/** vitest and node:test can skip from inside; elsewhere the reason is at least said. */
function skip(context: Context | undefined, reason: string): void {
  if (typeof context?.skip === "function") context.skip(reason);
  else console.warn(reason);
}
