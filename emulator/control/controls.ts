import type { ApiKey, Scope, Session } from "../model/api-key.ts";
import { ApiError } from "../model/errors.ts";
import type { EventRecord, EventType } from "../model/event.ts";
import type { Fault, FaultEntry } from "../model/fault.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { DeliveryFaults } from "../model/webhook.ts";
import { Pace } from "../pace.ts";
import type { Clock } from "../ports/clock.ts";
import type { Quota, QuotaSetting, RateLimiter } from "../ports/rate-limiter.ts";
import type { Unit, UnitOfWork } from "../ports/unit-of-work.ts";
import type { Deliveries } from "../services/deliveries.ts";
import { ALL_SCOPES, type Keys, keyNotFound } from "../services/keys.ts";
import type { Mining } from "../services/mining.ts";
import type { ClockControl } from "./clock.ts";
import type { Finding } from "./doctor/finding.ts";
import { type Missed, missedSince } from "./event-log.ts";
import type { Faults } from "./faults.ts";
import type { Feed, FeedListener } from "./feed.ts";
import type { StepProgress } from "./fixtures/apply.ts";
import type { Imported, Transfer } from "./fixtures/transfer.ts";
import type { Observation } from "./observation.ts";
import type { RequestFilter, RequestQuery } from "./request-filter.ts";
import type { Seeded, SeedInput, Seeding } from "./seeding.ts";
import type { WebhookFaults } from "./webhook-faults.ts";

/** Where a sandbox is and what it was made with. */
export interface SandboxInfo {
  /** Which sandbox this is (`sbx_…`): what `Sandbox-Id` names. */
  readonly sandbox_id: string;
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  readonly fixture: string;
  readonly seed: string | null;
  readonly data_dir: string | null;
  readonly urls: { readonly api?: string; readonly control?: string; readonly rpc?: string };
  readonly chain: {
    readonly chain_id: number;
    readonly token_address: string;
    readonly badge_address: string;
    readonly block_number: number;
  };
  readonly mining: "auto" | "interval" | "manual";
}

/** A named position in the sandbox's history. */
export interface SnapshotEntry {
  readonly name: string;
  readonly seq: number;
  readonly at: string;
}

/** To whom a past event was sent again. */
export interface Resent {
  readonly event_id: string;
  readonly event_type: EventType;
  readonly deliveries: readonly { readonly endpoint_id: string; readonly url: string; readonly delivery_id: string }[];
  /** How many watch, `listen` among them; which types they want is their matter. */
  readonly watchers: number;
}

/** Where an API key's id stands in requests to the control plane. */
const KEY_ID = "/key_id";

/** Names are kept through every restart. */
const MOST_SNAPSHOTS = 10_000;

/** The engine's positions (engine/positions.ts), as control uses them. */
interface Positions {
  snapshot(name: string): Promise<void>;
  restore(name: string): Promise<void>;
  drop(name: string): Promise<void>;
  list(): readonly SnapshotEntry[];
}

interface ControlParts {
  readonly world: UnitOfWork;
  readonly positions: Positions;
  /** The name of the position right after the fixture. */
  readonly fixture: string;
  readonly clock: Clock;
  readonly clockControl: ClockControl;
  readonly mining: Mining;
  readonly keys: Keys;
  readonly limiter: RateLimiter;
  readonly faults: Faults;
  readonly webhookFaults: WebhookFaults;
  readonly transfer: Transfer;
  readonly seeding: Seeding;
  /** Looks again for due work. */
  readonly rearm: () => void;
  /** Told after the state became another one: looks again for due work and deliveries, tells those who watch. */
  readonly moved: () => Promise<void>;
  readonly feed: Feed;
  readonly observation: Observation;
  readonly deliveries: Deliveries;
  /** What `listen` signs with (services/webhook-signature.ts, `listenerSecret`). */
  readonly listenerSecret: string;
  readonly ready: () => boolean;
  readonly info: () => SandboxInfo;
  readonly doctor: () => Promise<readonly Finding[]>;
}

/** What can be done to a running sandbox beside its API: the same for command line, HTTP and in-process use. */
export type Controls = ReturnType<typeof createControls>;

export function createControls(parts: ControlParts) {
  const { world, positions, clock, clockControl, mining, keys, limiter, observation } = parts;
  let watching = 0;

  function meteredKey(keyId: string): string {
    if (!world.records.get("api_keys", keyId)) throw keyNotFound(KEY_ID);
    return keyId;
  }

  return {
    /** Contracts deployed, fixture applied, writes possible. */
    ready: parts.ready,
    info: parts.info,
    /** Which invariants hold. */
    doctor: parts.doctor,

    /** Back to the state right after the fixture; quotas, faults and request log are cleared too. Coverage is of the whole run, and stays. */
    async reset(): Promise<void> {
      await positions.restore(parts.fixture);
      limiter.clear();
      parts.faults.reset();
      parts.webhookFaults.reset();
      observation.clear();
      await parts.moved();
    },
    /** Brings in a fixture, whole or not at all, or generated data. Throws FixtureError, UnknownFixture, INVALID_REQUEST. */
    async seed(input: SeedInput, progress?: StepProgress): Promise<Seeded> {
      const seeded = await parts.seeding.seed(input, progress);
      parts.rearm();
      return seeded;
    },
    /** The whole state as pieces of readable YAML, but for secrets. Throws INVALID_REQUEST when something cannot be made again from it. */
    export: (): Promise<AsyncIterable<string>> => parts.transfer.export(),
    /**
     * Replaces everything by an exported state: a new generation, which `reset` then goes back to. Quotas, faults and request log are cleared.
     * Throws INVALID_REQUEST, PAYLOAD_TOO_LARGE.
     */
    async import(pieces: AsyncIterable<Uint8Array>): Promise<Imported> {
      const imported = await parts.transfer.import(pieces);
      limiter.clear();
      parts.faults.reset();
      parts.webhookFaults.reset();
      observation.clear();
      await parts.moved();
      return imported;
    },
    /** The names of the fixtures that are shipped. */
    fixtures: (): readonly string[] => parts.seeding.names(),
    /** Names the present state. Throws SNAPSHOT_EXISTS, SNAPSHOT_LIMIT. */
    async snapshot(name: string): Promise<void> {
      if (positions.list().length >= MOST_SNAPSHOTS) {
        throw new ApiError("SNAPSHOT_LIMIT", `There are ${MOST_SNAPSHOTS} snapshots already; delete some first.`);
      }
      await positions.snapshot(name);
    },
    /** Throws SNAPSHOT_NOT_FOUND. */
    async restore(name: string): Promise<void> {
      await positions.restore(name);
      await parts.moved();
    },
    /** Throws SNAPSHOT_NOT_FOUND. */
    deleteSnapshot: (name: string): Promise<void> => positions.drop(name),
    snapshots: (): readonly SnapshotEntry[] => positions.list(),

    requests: {
      /** The latest requests to the API, newest first. Throws API_KEY_NOT_FOUND, REQUEST_NOT_FOUND (`since`). */
      list: (query: RequestQuery = {}) => observation.list(query),
      /** A page of them, which also ends at 2 MiB. Throws as `list`, and INVALID_CURSOR. */
      page: (query: RequestQuery & PageQuery = {}) => observation.page(query),
      /** As `count`, making way for other work. */
      counted: (filter: RequestFilter = {}) => observation.counted(filter),
      /** Throws as `list`. */
      count: (filter: RequestFilter = {}) => observation.count(filter),
      clear: () => observation.clear(),
      /** The filter as a function, for those who watch. Throws as `list`. */
      matcher: (filter: RequestFilter) => observation.matcher(filter),
    },
    /** All that one request did, from its stages to the webhooks. Throws REQUEST_NOT_FOUND. */
    trace: (requestId: string) => observation.trace(requestId),
    /** Which operations, error codes and event types the client has met since the sandbox was started. */
    coverage: () => observation.coverage(),

    /**
     * Tells of events as they are committed, of requests as they are answered, and of resets; returns the end of it, to be called once.
     * `isReceiver`: whether a past event that is sent again is sent to this one too.
     */
    watch(listener: FeedListener, isReceiver = true): () => void {
      const stop = parts.feed.subscribe(listener);
      watching += Number(isReceiver);
      return () => {
        watching -= Number(isReceiver);
        stop();
      };
    },
    /** Runs `begin` when nothing waits for the disk (`--fsync`): for a watcher that is told where it begins. Throws STORAGE_UNAVAILABLE. */
    whenDurable: <T>(begin: () => T): Promise<T> => world.whenDurable(begin),
    /** What a watcher missed who last saw this event. */
    missedSince: (eventId: string | null): Missed => missedSince(world.records, eventId),
    listenerSecret: parts.listenerSecret,
    /** Sends a past event again, to every enabled endpoint that wants it, and to those who watch. Throws EVENT_NOT_FOUND. */
    async resend(eventId: string): Promise<Resent> {
      const deliveries = await world.run({}, (unit) => parts.deliveries.resend(unit, eventId));
      const event = world.records.get("events", eventId) as EventRecord;
      parts.feed.publish({ kind: "resent", event });
      const urlOf = (id: string) => world.records.get("webhook_endpoints", id)?.url ?? "";
      const sent = deliveries.map((each) => ({ endpoint_id: each.endpoint_id, url: urlOf(each.endpoint_id), delivery_id: each.id }));
      return { event_id: event.id, event_type: event.type, deliveries: sent, watchers: watching };
    },

    clock: clockControl,

    /** Mines blocks; returns the number of the last. */
    async mine(blocks = 1): Promise<number> {
      let number = 0;
      const pace = new Pace();
      for (let i = 0; i < blocks; i++) {
        if (pace.isDue()) await pace.turn();
        number = await world.run({}, (unit) => mining.mine(unit));
      }
      return number;
    },

    keys: {
      list: (query: PageQuery = {}): Page<ApiKey> => keys.list(world.records, query),
      /** The answer holds the secret, which is shown only now. By default with all scopes. */
      create: (input: { name: string; scopes?: readonly Scope[]; expires_at?: string | null }): Promise<ApiKey> =>
        world.run({}, (unit: Unit) => keys.create(unit, { ...input, scopes: input.scopes ?? ALL_SCOPES }, null)),
      /**
       * A key for tools that inspect the sandbox, by default with all scopes. In memory: outside records,
       * ids, quotas, faults and coverage, and in the request log only for who asks for sessions too. A reset, restore or import leaves it;
       * it ends with the process.
       */
      session: (scopes?: readonly Scope[]): Session => keys.openSession(scopes),
      /** Throws API_KEY_NOT_FOUND. */
      revoke: (id: string): Promise<void> => world.run({}, (unit: Unit) => keys.revoke(unit, id, KEY_ID)),
    },

    /** Faults of webhook deliveries. */
    webhooks: {
      show: (): DeliveryFaults => parts.webhookFaults.current,
      /** Members left out stay as they are. */
      set: (faults: Partial<DeliveryFaults>): DeliveryFaults => parts.webhookFaults.set(faults),
    },

    /** Faults of requests. */
    faults: {
      /** Throws VALIDATION_FAILED, API_KEY_NOT_FOUND, FAULT_LIMIT. */
      add: (fault: Fault): FaultEntry => parts.faults.add(fault),
      list: (): readonly FaultEntry[] => parts.faults.list(),
      /** One, or all. Throws FAULT_NOT_FOUND. */
      clear: (id?: string): void => parts.faults.clear(id),
    },

    limits: {
      /** What is left to a key; null when it is not metered. Throws API_KEY_NOT_FOUND. */
      show: (keyId: string): readonly Quota[] | null => limiter.peek(meteredKey(keyId), clock.elapsed()),
      /** Meters the key from now on, with this much left. Throws API_KEY_NOT_FOUND. */
      set: (keyId: string, setting: QuotaSetting): void => limiter.set(meteredKey(keyId), setting, clock.elapsed()),
    },
  };
}
