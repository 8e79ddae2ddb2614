import type { EventRecord, EventType } from "../model/event.ts";
import { SandboxClosed } from "../model/sandbox-closed.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { Feed } from "./feed.ts";

export interface EventWish {
  readonly type?: EventType;
  /** Which of them, by what it holds: `({data}) => data.id === award.id`. */
  readonly where?: (event: EventRecord) => boolean;
  /** Real time, in ms; default 5 000. */
  readonly timeout?: number;
}

const MOST = 10_000;

/**
 * Waits for events in tests: each is returned once, and one that came before the call counts too. A reset or restore begins anew.
 * Rejects on time-out, saying which events came instead, and with
 * SandboxClosed when the sandbox is closed.
 */
export class Waiter {
  readonly #feed: Feed;
  readonly #world: Pick<UnitOfWork, "records" | "durable">;
  /** Events not returned yet, oldest first. */
  readonly #seen: EventRecord[];

  constructor(feed: Feed, world: Pick<UnitOfWork, "records" | "durable">) {
    this.#feed = feed;
    this.#world = world;
    this.#seen = [...world.records.newest("events", { limit: MOST })].reverse();
    feed.subscribe((message) => {
      if (message.kind === "reset") this.#seen.length = 0;
      if (message.kind === "event") this.#seen.push(message.event);
      if (this.#seen.length > MOST) this.#seen.shift();
    });
  }

  async waitFor({ type, where = () => true, timeout = 5000 }: EventWish = {}): Promise<EventRecord> {
    // What was found at the start may not be on disk yet; what is told later is.
    await this.#world.durable();
    const wanted = (event: EventRecord) => (type === undefined || event.type === type) && where(event);
    const take = () => {
      const at = this.#seen.findIndex(wanted);
      return at === -1 ? undefined : this.#seen.splice(at, 1)[0];
    };
    return await new Promise((resolve, reject) => {
      const found = take();
      if (found) return resolve(found);
      const stop = this.#feed.subscribe(({ kind }) => {
        const event = kind === "end" ? undefined : take();
        if (!event && kind !== "end") return;
        clearTimeout(timer);
        stop();
        if (event) resolve(event);
        else reject(new SandboxClosed());
      });
      const timer = setTimeout(() => {
        stop();
        const others = [...new Set(this.#seen.map((event) => event.type))].join(", ") || "none";
        reject(new Error(`no event${type ? ` of type ${type}` : ""} came within ${timeout} ms; events not waited for yet: ${others}`));
      }, timeout);
    });
  }
}
