import type { Capabilities } from "./capabilities.ts";
import type { Check } from "./check.ts";
import type { ApiDocument, DocumentedOperation } from "./document.ts";
import type { Exchange } from "./exchange.ts";
import { type Expect, expectations } from "./expect.ts";
import { type Keyring, keyring } from "./keyring.ts";
import type { RunMode } from "./options.ts";
import { Inconclusive, Untestable } from "./outcomes.ts";
import { type People, people } from "./people.ts";
import { type Random, randomOf } from "./random.ts";
import type { Receiver } from "./receiver.ts";
import type { Request, Session } from "./session.ts";
import { survey } from "./survey.ts";
import { type Keyless, keyless } from "./sweep.ts";
import type { OpenTarget } from "./target.ts";
import { type Controller, FIRST_POLL_MS, nextPoll, type RunTime } from "./time.ts";
import type { Trust } from "./transport.ts";

/** What preflight found out. */
export interface Facts {
  readonly capabilities: Capabilities;
  /** What `GET /meta` says; null when it does not. */
  readonly limits: { readonly enabled: boolean; readonly per_second: number; readonly per_hour: number } | null;
  readonly notes: readonly string[];
}

export interface CallOptions extends Omit<Partial<Request>, "operationId" | "method" | "path"> {
  /** Values of the path's parameters. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** What a check works with. Everything it sends is paced, counted and kept as evidence. */
export interface Probe extends People, Keyring {
  readonly document: ApiDocument;
  readonly facts: Facts;
  readonly mode: RunMode;
  /** Whether a burst beyond the limits may be sent, on the rate key: they are on, and the run says so. */
  readonly mayBurst: boolean;
  readonly target: OpenTarget;
  readonly trust: Trust;
  readonly runId: string;
  readonly random: Random;
  readonly expect: Expect;
  readonly time: RunTime;
  /** Sends the request of an operation of the document, wherever the path map says it is. */
  call(operationId: string, options?: CallOptions): Promise<Exchange>;
  /** The same as a description, to be sent by `together`. */
  request(operationId: string, options?: CallOptions): Request;
  /** Sends a request that the document may not have. */
  send(request: Request): Promise<Exchange>;
  together(requests: readonly Request[]): Promise<readonly Exchange[]>;
  /** Operations that the target offers. */
  operations(of?: (operation: DocumentedOperation) => boolean): readonly DocumentedOperation[];
  offers(operationId: string): boolean;
  /**
   * Reads until the value is as it should be, or the declared consistency time is over; returns the last value.
   * With strongly consistent reads that is one read.
   */
  eventually<T>(read: () => Promise<T>, isGood: (value: T) => boolean): Promise<T>;
  /** Marks what is asked again because the target is not done: `requests` of a check does not count it. */
  again<T>(ask: () => Promise<T>): Promise<T>;
  /** Waits the declared consistency time, before a read that must show that nothing changed. */
  settled(): Promise<void>;
  /** A transaction's exchange when it is no longer `pending`. */
  confirmed(exchange: Exchange): Promise<Exchange>;
  /** Takes away at the end what the check has made: null when it is gone, or why it stays. */
  undo(what: string, step: () => Promise<string | null>): void;
  /** Something that no report may show. */
  keepSecret(secret: string): void;
  /** Where webhooks come; null without one. */
  readonly receiver: Receiver | null;
  /** Moves the target's clock; null without a controller. */
  readonly clock: Controller | null;
  /** Each operation that asks for a key, asked without one. */
  keyless(): Promise<readonly Keyless[]>;
  /** Every answer of the run so far that checks of the traffic look at, the survey's included. */
  traffic(): Promise<readonly Exchange[]>;
}

export function probeOf(check: Pick<Check, "id" | "mode" | "provenance">, session: Session, facts: Facts): Probe {
  const { settings, document, target } = session;
  const { capabilities } = facts;
  const random = randomOf(settings.seed, check.id);
  // What the platform and RFCs say is asked of implementations that never saw our document.
  const isByDocument = check.provenance === "O" || check.provenance === "K";
  const successes = (id: string) => [...document.operation(id).responses.values()].filter(({ status }) => status < 300);
  const expect = expectations(isByDocument ? successes : null);
  const offers = (id: string) => !capabilities.unsupported.includes(id) && document.operations.some((operation) => operation.id === id);

  const canHaveRateKey = settings.rateKey !== null || (capabilities.keys && offers("createApiKey"));

  function request(operationId: string, { params = {}, query, ...rest }: CallOptions = {}): Request {
    const place = settings.pathMap.get(operationId) ?? document.operation(operationId);
    const path = place.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = params[name];
      if (value === undefined) throw new Error(`${operationId} needs the path parameter ${name}`);
      return encodeURIComponent(value);
    });
    const search = query ? `?${new URLSearchParams(query)}` : "";
    return { method: place.method, path: path + search, operationId, ...rest };
  }

  let waiting = 0;
  const send = (asked: Request) => session.send(check.id, waiting > 0 ? { ...asked, again: true } : asked);
  const base = {
    document,
    facts,
    mode: settings.mode,
    mayBurst: settings.mode === "full" && settings.allow.includes("rate") && facts.limits?.enabled === true && canHaveRateKey,
    target,
    trust: settings,
    runId: session.runId,
    random,
    expect,
    get time() {
      return session.time;
    },
    request,
    send,
    call: async (operationId: string, options?: CallOptions) => {
      if (!offers(operationId)) throw new Untestable(`the target does not offer ${operationId}`);
      return await send(request(operationId, options));
    },
    together: (requests: readonly Request[]) => session.together(check.id, requests),
    operations: (of: (operation: DocumentedOperation) => boolean = () => true) =>
      document.operations.filter((operation) => offers(operation.id) && of(operation)),
    offers,
    async again<T>(ask: () => Promise<T>): Promise<T> {
      waiting += 1;
      try {
        return await ask();
      } finally {
        waiting -= 1;
      }
    },
    async eventually<T>(read: () => Promise<T>, isGood: (value: T) => boolean): Promise<T> {
      const until = session.time.real() + capabilities.consistency_ms;
      let value = await read();
      for (let wait = 50; !isGood(value) && session.time.real() < until; wait *= 2) {
        await session.time.pause(Math.min(wait, Math.max(1, until - session.time.real())));
        value = await base.again(read);
      }
      return value;
    },
    async settled() {
      if (capabilities.consistency_ms > 0) await session.time.pause(capabilities.consistency_ms);
    },
    async confirmed(exchange: Exchange): Promise<Exchange> {
      const until = session.time.real() + capabilities.confirmation_ms;
      let last = exchange;
      for (let wait = FIRST_POLL_MS; last.data.status === "pending"; wait = nextPoll(wait)) {
        if (session.time.real() > until)
          throw new Inconclusive(`a transaction was still pending after ${capabilities.confirmation_ms} ms (confirmation_ms)`);
        await session.time.pause(wait);
        last = await base.again(() => base.call("getTokenTransaction", { params: { transaction_id: String(exchange.data.id) } }));
      }
      return last;
    },
  };
  /** What is done once for all checks is nobody's own: it is counted, and its random data chosen, apart. */
  const shared = (id: "shared" | "sweep" | "survey") => probeOf({ ...check, id }, session, facts);
  return {
    ...base,
    ...people(base, session, () => shared("shared")),
    ...keyring(base, session, () => shared("shared")),
    undo: (what, step) => session.cleanup.add(what, step),
    keepSecret: (secret) => void session.secrets.add(secret),
    receiver: session.receiver,
    clock: settings.controller,
    get time() {
      return session.time;
    },
    keyless: () => keyless(session, () => shared("sweep")),
    async traffic() {
      await survey(session, () => shared("survey"));
      return session.log.filter((exchange) => exchange.judged);
    },
  };
}

/** What people.ts and keyring.ts are built on. */
export type BaseProbe = Pick<
  Probe,
  "call" | "confirmed" | "expect" | "facts" | "mode" | "offers" | "random" | "runId" | "eventually" | "operations"
>;
