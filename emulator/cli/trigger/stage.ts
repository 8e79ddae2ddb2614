import { randomBytes } from "node:crypto";
import type { ControlClient } from "../client.ts";
import { ControlError } from "../control-error.ts";
import { type Assignment, assigned } from "./assignments.ts";
import { PATHS, type Role } from "./roles.ts";

/** What a story is told with. */
interface StageParts {
  readonly client: ControlClient;
  readonly key: string;
  readonly assignments: readonly Assignment[];
  /** Whether the sandbox's clock, and its chain, may be moved. */
  readonly advanceClock: boolean;
  /** Told of each step: on which object, its id, what became of it. */
  readonly say: (role: string, id: string, what: string) => void;
}

/** An object of the API. */
export interface Thing {
  readonly id: string;
  readonly [member: string]: unknown;
}

/** Existing objects by their names, new ones by the API's own operations: the real ones, with the API's own refusals. */
export class Stage {
  readonly #parts: StageParts;
  readonly #named = new Map<Role, Thing>();

  constructor(parts: StageParts) {
    this.#parts = parts;
  }

  /** Looks up what was named, before anything is made. Throws ControlError: `AWARD_NOT_FOUND: …`. */
  async find(roles: readonly Role[]): Promise<void> {
    for (const { path, value } of this.#parts.assignments) {
      const role = roles.find((each) => path.length === 1 && path[0] === `${each}_id`);
      if (!role) continue;
      this.#named.set(role, await this.call("GET", `${PATHS[role]}/${encodeURIComponent(String(value))}`));
      this.#parts.say(role, String(value), "exists");
    }
  }

  /** The object that was named for a role. */
  named(role: Role): Thing | undefined {
    return this.#named.get(role);
  }

  call<T = Thing>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
    return this.#parts.client.api<T>(this.#parts.key, method, path, body);
  }

  /** A new object with these members, but for those that are set for the role. */
  async make(role: Role, members: object): Promise<Thing> {
    const made = await this.call("POST", PATHS[role], this.with(role, members));
    this.#parts.say(role, made.id, "made");
    return made;
  }

  /** Members, but for those that are set for the role. */
  with<T extends object>(role: Role, members: T): T & Record<string, unknown> {
    return assigned(members, this.#parts.assignments, role);
  }

  /** The deciding request's members, but for those that are set. */
  body<T extends object>(members: T): T & Record<string, unknown> {
    const named = [...this.#named.keys()].map((role) => `${role}_id`);
    const bare = this.#parts.assignments.filter(({ path: [first = "", ...rest] }) =>
      rest.length > 0 ? !(first in PATHS) : !named.includes(first),
    );
    return assigned(members, bare, null);
  }

  say(role: string, id: string, what: string): void {
    this.#parts.say(role, id, what);
  }

  /** The object of an answer, once what it waits for is mined. */
  async settled(path: string, answer: Thing): Promise<Thing> {
    const { id, pending, status } = answer;
    if (!pending && status !== "pending") return answer;
    if (!this.#parts.advanceClock) {
      throw new ControlError(`${id} waits for a block; give --advance-clock to have one mined, or mine it yourself`, null);
    }
    await this.#parts.client.call("POST", "/chain/mine", {});
    this.say("chain", "", "mined a block");
    return await this.call("GET", `${path}/${id}`);
  }

  /** Sandbox time in ms since the epoch. */
  async now(): Promise<number> {
    return Date.parse((await this.#parts.client.call<{ now: string }>("GET", "/clock")).now);
  }

  /** auto, interval or manual. */
  async mining(): Promise<string> {
    return (await this.#parts.client.call<{ mining: string }>("GET", "/info")).mining;
  }

  /** Moves the clock to an instant; work that is due on the way is done. */
  async advanceTo(instant: number): Promise<void> {
    const to = new Date(instant).toISOString();
    await this.#parts.client.call("POST", "/clock/advance", { to });
    this.say("clock", "", `advanced to ${to}`);
  }

  // ── Who and what stories need ────────────────────────────────────────────────────────────────────────────────────────

  async user(role: "user" | "recipient" = "user"): Promise<Thing> {
    return this.named(role) ?? (await this.make(role, person(role)));
  }

  /** A badge of somebody who can pay for one award of it, and who it is of. */
  async badge(members: object = {}, published = true): Promise<Thing> {
    const named = this.named("badge");
    if (named) return named;
    const wanted = this.with("badge", { ...TEMPLATE, ...members });
    const sponsor = this.named("sponsor") ?? (await this.#sponsor(wanted.reward));
    const badge = await this.make("badge", { ...TEMPLATE, ...members, sponsor_id: sponsor.id });
    if (!published) return badge;
    await this.call("POST", `/badges/${badge.id}/publish`);
    this.say("badge", badge.id, "published");
    return badge;
  }

  async #sponsor({ amount, funding }: { amount: string; funding?: string }): Promise<Thing> {
    const sponsor = await this.make("sponsor", { ...person("sponsor"), roles: ["sponsor"] });
    if (funding !== "sponsor") return sponsor;
    const mint = await this.call("POST", "/tokens/mint", { user_id: sponsor.id, amount });
    await this.settled("/tokens/transactions", mint);
    this.say("sponsor", sponsor.id, `got ${amount} GETS`);
    return sponsor;
  }

  /** An award, brought to a state by the API's own steps. */
  async award(state: "applied" | "approved"): Promise<Thing> {
    const named = this.named("award");
    if (named) return named;
    const badge = await this.badge();
    const recipient_id = (await this.user("recipient")).id;
    const path = `/badges/${badge.id}/${state === "applied" ? "applications" : "issue"}`;
    const award = await this.settled("/awards", await this.call("POST", path, this.with("award", { recipient_id })));
    this.say("award", award.id, state === "applied" ? "applied for" : "issued");
    return award;
  }

  async achievement(): Promise<Thing> {
    return this.named("achievement") ?? (await this.make("achievement", mission()));
  }
}

/** A badge's members; `sponsor_id` is still to be said. */
export const TEMPLATE = {
  title: "Trigger's badge",
  description: "Made by `getsmart-sandbox trigger`.",
  criteria: { narrative: "Run the command." },
  reward: { amount: "5" } as { amount: string; funding?: string },
};

const unique = () => randomBytes(5).toString("hex");

/** A user that nobody else is. */
export function person(role: string) {
  return { email: `${role}-${unique()}@example.com`, display_name: `Trigger's ${role}` };
}

/** An achievement that takes ten steps. */
export function mission() {
  const requirements = [{ id: "steps", name: "Steps", target: 10 }];
  const description = "Made by `getsmart-sandbox trigger`.";
  return { code: `trigger-${unique()}`, name: "Trigger's mission", description, kind: "mission", requirements };
}
