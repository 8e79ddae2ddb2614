import type { DeliveryFaults, DeliveryRecord, WebhookSecret } from "../model/webhook.ts";
import type { Sender } from "../ports/sender.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { Deliveries, MadeAttempt } from "./deliveries.ts";
import { forgedEvent } from "./forgery.ts";
import { signingSecrets, type WebhookEndpoints } from "./webhook-endpoints.ts";
import { signedEvent } from "./webhook-signature.ts";

export interface DispatcherParts {
  readonly world: UnitOfWork;
  readonly sender: Sender;
  readonly endpoints: WebhookEndpoints;
  readonly deliveries: Deliveries;
  /** Sandbox time in ms: whether a rotated secret still signs. */
  readonly now: () => number;
  /** Real time in ms: receivers compare timestamps with their own clock. */
  readonly wall: () => number;
  /** As they are now. */
  readonly faults: () => DeliveryFaults;
  /** 0 to below 1, reproducible. */
  readonly random: () => number;
  /** Told when an attempt could not be made or its result not be recorded. */
  readonly failed: (error: Error) => void;
}

/** An attempt that a fault drops: nothing is sent. */
const DROPPED = { response_status: null, error: "connection_failed", retry_after_ms: null, duration_ms: 0 } as const;

/** A next first attempt begins when the one before has its answer, or after this long. */
const PACE_MS = 250;

/** How long deliveries are gathered before they are shuffled. */
const GATHER_MS = 50;

/** How long `settled` waits for a receiver from which nothing is heard. */
const PATIENCE_MS = 1000;

/** How long it waits in all: a queue for a slow receiver would take hours. */
const LONGEST_MS = 10_000;

/**
 * Makes the attempts that deliveries ask for (`queued`). First attempts begin in event order per endpoint; further ones at once.
 * It works beside the writer: nobody waits for a receiver. Results are recorded in units of their own, many in one.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  /** First attempts that wait for their turn, by endpoint. */
  readonly #lanes = new Map<string, string[]>();
  /** Deliveries under way or waiting in a lane, with their endpoint. */
  readonly #busy = new Map<string, string>();
  /** Endpoints that were waited for in vain, and have not been heard since. */
  readonly #silent = new Set<string>();
  readonly #results: MadeAttempt[] = [];
  #recording: Promise<void> | null = null;
  #waiting: (() => void)[] = [];
  #stopped = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Deliveries that a unit has just put. */
  committed(deliveries: readonly DeliveryRecord[]): void {
    for (const delivery of deliveries) if (delivery.queued && delivery.status === "pending") this.#begin(delivery);
  }

  /** Takes up what the records ask for: at a start, and after a restore, which forgets what was under way. */
  resume(): void {
    this.#lanes.clear();
    this.#busy.clear();
    this.#silent.clear();
    this.#results.length = 0;
    this.committed(this.#parts.world.records.by("webhook_deliveries", "queued", "queued"));
  }

  /**
   * Resolves when every attempt that was asked for is recorded. A receiver that says nothing for a second is not waited for, nor is it the
   * next time, until it is heard again: a clock that is moved in many small steps would stand still a second at each.
   */
  async settled(): Promise<void> {
    const late = performance.now() + LONGEST_MS;
    while (this.#awaited() > 0 && !this.#stopped && performance.now() < late) {
      const before = this.#busy.size;
      await within(new Promise<void>((resolve) => this.#waiting.push(resolve)), PATIENCE_MS);
      if (this.#busy.size < before) continue;
      for (const endpointId of this.#busy.values()) this.#silent.add(endpointId);
    }
  }

  #awaited(): number {
    return [...this.#busy.values()].filter((endpointId) => !this.#silent.has(endpointId)).length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#lanes.clear();
    await this.#parts.sender.close();
    await this.#recording;
  }

  #begin(delivery: DeliveryRecord): void {
    if (this.#stopped || this.#busy.has(delivery.id)) return;
    this.#busy.set(delivery.id, delivery.endpoint_id);
    if (delivery.attempts.length > 0) {
      void this.#attempt(delivery.id);
      return;
    }
    const lane = this.#lanes.get(delivery.endpoint_id);
    if (lane) lane.push(delivery.id);
    else {
      this.#lanes.set(delivery.endpoint_id, [delivery.id]);
      const gather = this.#parts.faults().order === "shuffle" ? GATHER_MS : 0;
      setTimeout(() => void this.#drive(delivery.endpoint_id), gather);
    }
  }

  async #drive(endpointId: string): Promise<void> {
    const lane = this.#lanes.get(endpointId);
    while (lane && lane === this.#lanes.get(endpointId) && lane.length > 0) {
      const { order, duplicates } = this.#parts.faults();
      const at = order === "shuffle" ? Math.floor(this.#parts.random() * lane.length) : 0;
      const [id] = lane.splice(at, 1);
      const attempt = this.#attempt(id as string);
      for (let copies = this.#copies(duplicates); copies > 0; copies--) void this.#send(id as string);
      // Its successor begins when it has its answer, or after a while.
      await within(attempt, PACE_MS);
    }
    if (lane === this.#lanes.get(endpointId)) this.#lanes.delete(endpointId);
  }

  /** A fraction is the likelihood of one more. */
  #copies(duplicates: number): number {
    const whole = Math.floor(duplicates);
    return duplicates > whole && this.#parts.random() < duplicates - whole ? whole + 1 : whole;
  }

  /** Sends it and has the result recorded. */
  async #attempt(id: string): Promise<void> {
    const { epoch } = this.#parts.world;
    const made = await this.#send(id);
    // What a stop cut off is made again at the next start.
    if (this.#stopped) return;
    if (made && epoch === this.#parts.world.epoch) {
      this.#results.push(made);
      this.#recording ??= this.#record();
      await this.#recording;
    } else if (epoch === this.#parts.world.epoch) this.#finish([id]);
  }

  async #send(id: string): Promise<MadeAttempt | null> {
    const { world, sender, endpoints, now, wall, failed } = this.#parts;
    const { records } = world;
    const delivery = records.get("webhook_deliveries", id);
    const endpoint = delivery && records.get("webhook_endpoints", delivery.endpoint_id);
    const event = delivery && records.get("events", delivery.event_id);
    const secret = endpoint && (records.get("webhook_secrets", endpoint.id) as WebhookSecret);
    if (!delivery || !endpoint || !event || !secret || delivery.status !== "pending" || endpoint.status !== "enabled") return null;
    const { forge, drop_first } = this.#parts.faults();
    if (delivery.attempts.length < drop_first) return { ...DROPPED, delivery_id: id };
    // What the message says and where it goes may follow from a change that is not on disk yet.
    const { epoch } = world;
    const durable = world.durable();
    if (durable !== null) {
      try {
        await durable;
      } catch (error) {
        failed(error as Error);
        return null;
      }
      if (epoch !== world.epoch || this.#stopped) return null;
    }
    const began = performance.now();
    const [secrets, timestamp] = [signingSecrets(secret, now()), Math.floor(wall() / 1000)];
    const message = forge === null ? signedEvent(event, secrets, timestamp) : forgedEvent(event, secrets, timestamp, forge);
    const result = await sender.post({ url: endpoint.url, ...message, allows: (address) => endpoints.allows(address) });
    return { ...result, delivery_id: id, duration_ms: Math.round(performance.now() - began) };
  }

  /** One unit for all results that are there, until there are none. */
  async #record(): Promise<void> {
    const { world, deliveries, failed } = this.#parts;
    while (this.#results.length > 0) {
      const made = this.#results.splice(0);
      try {
        await world.run({ epoch: world.epoch }, (unit) => {
          for (const one of made) deliveries.record(unit, one);
        });
      } catch (error) {
        failed(error as Error);
      }
      this.#finish(made.map(({ delivery_id }) => delivery_id));
    }
    this.#recording = null;
  }

  #finish(ids: readonly string[]): void {
    for (const id of ids) {
      this.#silent.delete(this.#busy.get(id) ?? "");
      this.#busy.delete(id);
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Resolves with what is waited for, or after so many ms. */
async function within(awaited: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    awaited,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}
