import { constants } from "node:buffer";
import type { RequestListener } from "node:http";
import type { Logger } from "pino";
import type { Controls, SnapshotEntry } from "./control/controls.ts";
import type { Finding } from "./control/doctor/finding.ts";
import type { StepProgress } from "./control/fixtures/apply.ts";
import type { Imported } from "./control/fixtures/transfer.ts";
import type { RequestFilter, RequestQuery } from "./control/request-filter.ts";
import type { SeedInput } from "./control/seeding.ts";
import type { EventWish, Waiter } from "./control/wait-for.ts";
import type { Progress } from "./engine/recovery.ts";
import type { ApiKey, Scope, Session } from "./model/api-key.ts";
import { ApiError, refuse } from "./model/errors.ts";
import type { EventRecord } from "./model/event.ts";
import type { Fault, FaultEntry } from "./model/fault.ts";
import type { Page, PageQuery } from "./model/page.ts";
import type { DeliveryFaults } from "./model/webhook.ts";
import type { InputChecks } from "./ports/input-checks.ts";
import type { Quota, QuotaSetting } from "./ports/rate-limiter.ts";
import { whileOpen } from "./sandbox-open.ts";
import { refuseUnknown } from "./sandbox-options.ts";
import { keyNotFound } from "./services/keys.ts";
import type { MiningMode } from "./services/mining.ts";

/** Every option is optional. */
export interface SandboxOptions {
  /** Folder that keeps the data; without one the sandbox lives in memory. */
  readonly dataDir?: string;
  /** State to begin with: the name of a fixture that is shipped (academy, course, empty), or a file. */
  readonly fixture?: string;
  /** The same for a new sandbox that was not asked for one; by default empty. */
  readonly defaultFixture?: string;
  /** Fixes the start instant, freezes the clock, and makes identifiers, secrets and hashes reproducible. */
  readonly seed?: string | number;
  /** Default 31337. */
  readonly chainId?: number;
  /** Base fee of the chain's first block, in wei per unit of gas, up to 10^12; 0: gas is free. Default 7, at which blocks up to half full keep it. */
  readonly baseFee?: number;
  /** When blocks are mined; by default with each transaction. */
  readonly mining?: MiningMode;
  /** Most gas of a JSON-RPC call, and how much a wallet's transaction may execute: as a plain loop of this much gas (default 2 000 000). */
  readonly callGas?: number;
  /** The most gas of what `debug_trace*` traces (default 150 000). */
  readonly traceGas?: number;
  /** Quotas of every key. Off by default here: any test suite is faster than ten requests a second. */
  readonly limits?: { readonly perSecond: number; readonly perHour: number } | "off";
  /** Further Host names to serve. */
  readonly allowHosts?: readonly string[];
  /**
   * Where clients elsewhere reach the API, ending in /v1: the beginning of the addresses in awards and credentials. A new sandbox also gives
   * it to its badge contract, and later starts go on with it. By default where it listens.
   */
  readonly publicUrl?: string;
  /** TLS on the API port, with a certificate of a local authority kept in `caDir` (made once); plain HTTP is then refused. */
  readonly https?: { readonly caDir: string };
  /** Origins whose pages may call /v1 (CORS), besides those of this machine: `https://app.example`, `*` for all, `none` for no loopback ones. */
  readonly cors?: readonly string[];
  /** The same for JSON-RPC: pages, and wallet extensions such as `chrome-extension://…`. */
  readonly rpcCors?: readonly string[];
  /**
   * What the control plane asks for as a Bearer token, and JSON-RPC for methods that control the sandbox; 16 to 200 visible ASCII
   * characters. None by default; listening beyond loopback needs one.
   */
  readonly controlToken?: string;
  /** Begin anew in the data folder; the old data is kept beside it. */
  readonly fresh?: boolean;
  /** Go on with the readable part of a damaged journal; the damaged one is kept as a copy. */
  readonly repair?: boolean;
  /** Answer a write only when it survives a power loss. */
  readonly fsync?: boolean;
  /** Faults of webhook deliveries from the start; a reset goes back to them. None by default. */
  readonly webhooks?: Partial<DeliveryFaults>;
  /** Silent by default. */
  readonly log?: Logger;
  /** Told when the start waits to see whether another process, whose pid says nothing here, still holds the data folder. */
  readonly onWaiting?: (message: string) => void;
  /** Told while a long journal is replayed. */
  readonly onProgress?: Progress;
  /** Told while the fixture of a new sandbox is applied. */
  readonly onSeeding?: Progress;
}

export interface Address {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
}

/** A state to go back to: any number of times, in any order. */
export interface Snapshot {
  readonly name: string;
  restore(): Promise<void>;
  delete(): Promise<void>;
}

/** A running sandbox. `close()` it; on Node 24, `await using` does. From then on `ready()` is false, and every other method throws SandboxClosed. */
export interface Sandbox
  extends AsyncDisposable,
    Pick<
      Controls,
      "ready" | "info" | "reset" | "seed" | "restore" | "deleteSnapshot" | "snapshots" | "keys" | "faults" | "trace" | "coverage"
    > {
  /** The one clock of API and chain. */
  readonly clock: Pick<Controls["clock"], "show" | "advance" | "set" | "freeze" | "run">;
  /** The log of requests to the API. */
  readonly requests: Omit<Controls["requests"], "page" | "counted" | "matcher">;
  /** The whole state as readable YAML, but for secrets. Throws INVALID_REQUEST when something cannot be made again from it, or not in one string. */
  export(): Promise<string>;
  /** Replaces everything by an exported state, given as text or in pieces: a new generation, which `reset` then goes back to. Throws INVALID_REQUEST, PAYLOAD_TOO_LARGE. */
  import(yaml: string | AsyncIterable<Uint8Array>): Promise<Imported>;
  /** The Express application, for supertest and friends: no port needed. (Typed as Node's, so that no one needs Express's types.) */
  readonly app: RequestListener;
  /** The default API key, with every scope. */
  readonly apiKey: string;
  /** Funded chain accounts with publicly known keys. */
  readonly accounts: readonly { readonly address: string; readonly privateKey: string }[];
  /** For people: a torn line that was dropped, quotas that a restart cleared. */
  readonly notices: readonly string[];
  /** The authority that clients must trust under HTTPS: a PEM file, there once `listen()` has returned; null without. */
  readonly caFile: string | null;
  /** The Host headers that are served, for people. */
  readonly hosts: string;
  /** Serves the API on a port; returns its origin. The API is at origin + "/v1". Throws INVALID_REQUEST beyond loopback without a control token. */
  listen(at?: Address): Promise<string>;
  /** Serves JSON-RPC (HTTP and WebSocket) on a port; returns its origin. Throws INVALID_REQUEST beyond loopback without a control token. */
  listenRpc(at?: Address): Promise<string>;
  /** Everything – records, chain, clock, quotas, counters – as it is now. Without a name it gets one. */
  snapshot(name?: string): Promise<Snapshot>;
  readonly chain: {
    /** Mines blocks; returns the number of the last. */
    mine(blocks?: number): Promise<number>;
  };
  readonly limits: {
    /** What is left to a key (secret or id); null when it is not metered. */
    show(key: string): readonly Quota[] | null;
    /** Meters a key (secret or id) from now on: `{ hour: { remaining: 1 } }`. */
    set(key: string, setting: QuotaSetting): void;
  };
  readonly webhooks: {
    /**
     * The next event that fits, each returned once; one that came before counts too. Rejects after `timeout` ms of real time.
     */
    waitFor(wish?: EventWish): Promise<EventRecord>;
    /** How deliveries go wrong at present. */
    show(): DeliveryFaults;
    /** Shuffled, duplicated, forged or dropped from now on, until a reset; members left out stay as they are. Throws VALIDATION_FAILED. */
    set(faults: Partial<DeliveryFaults>): DeliveryFaults;
  };
  /** Throws InvariantBroken if an invariant does not hold. */
  doctor(): Promise<readonly Finding[]>;
  /** Stops everything; what a data folder keeps is on disk then. Once more it does nothing. */
  close(): Promise<void>;
}

/** What `doctor()` throws: each invariant that does not hold, and what breaks it. */
export class InvariantBroken extends Error {
  override readonly name = "InvariantBroken";
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    super(findings.map(({ invariant, problems }) => `not so: ${invariant}\n${problems.map((each) => `  ${each}`).join("\n")}`).join("\n"));
    this.findings = findings;
  }
}

/** The in-process face of the controls. `checks`: of what is asked, as over HTTP. `keyIdOf`: the id of a key given by id or secret. */
export function inProcess(
  controls: Controls,
  checks: InputChecks,
  waiter: Waiter,
  keyIdOf: (secret: string) => string | null,
  isOpen: () => boolean,
) {
  let unnamed = 0;
  const { check } = checks;
  const { clock, faults, keys, requests } = controls;
  const idOf = (key: string) => {
    const id = keyIdOf(key);
    if (id === null) throw keyNotFound("/key_id");
    return id;
  };
  const face = {
    info: controls.info,
    reset: controls.reset,
    async seed(input: SeedInput, progress?: StepProgress) {
      const checked = typeof input === "string" ? input : (check("seedSandbox", { body: input }).body as SeedInput);
      return await controls.seed(checked, progress);
    },
    async restore(name: string): Promise<void> {
      check("restoreSnapshot", { path: { name } });
      await controls.restore(name);
    },
    async deleteSnapshot(name: string): Promise<void> {
      check("deleteSnapshot", { path: { name } });
      await controls.deleteSnapshot(name);
    },
    snapshots: (): readonly SnapshotEntry[] => controls.snapshots(),
    clock: {
      show: () => clock.show(),
      /** Skips a duration: `90d`, `1h30m`, or milliseconds. Throws VALIDATION_FAILED, CLOCK_OUT_OF_RANGE. */
      async advance(by: string | number): Promise<void> {
        check("advanceClock", { body: { by } });
        await clock.advance(by);
      },
      /** Goes forward to an instant (RFC 3339, or ms since the epoch). Throws VALIDATION_FAILED, CLOCK_OUT_OF_RANGE. */
      async set(to: string | number): Promise<void> {
        check("advanceClock", { body: { to } });
        await clock.set(to);
      },
      freeze: async () => await clock.freeze(),
      run: async () => await clock.run(),
    },
    keys: {
      list(query: PageQuery = {}): Page<ApiKey> {
        return keys.list(check("listApiKeys", { query: { ...query } }).query);
      },
      async create(input: Parameters<typeof keys.create>[0]): Promise<ApiKey> {
        return await keys.create(check("createApiKey", { body: input }).body as typeof input);
      },
      session(scopes?: readonly Scope[]): Session {
        check("openSession", { body: { scopes } });
        return keys.session(scopes);
      },
      async revoke(id: string): Promise<void> {
        check("revokeApiKey", { path: { key_id: id } });
        await keys.revoke(id);
      },
    },
    faults: {
      add(fault: Fault): FaultEntry {
        return faults.add(check("addFault", { body: fault }).body as Fault);
      },
      list: faults.list,
      clear(id?: string): void {
        if (id !== undefined) check("deleteFault", { path: { fault_id: id } });
        faults.clear(id);
      },
    },
    webhooks: {
      async waitFor(wish: EventWish = {}): Promise<EventRecord> {
        refuseUnknown(wish, ["type", "where", "timeout"]);
        return await waiter.waitFor(wish);
      },
      show: controls.webhooks.show,
      set(wish: Partial<DeliveryFaults>): DeliveryFaults {
        return controls.webhooks.set(check("setWebhookFaults", { body: wish }).body as typeof wish);
      },
    },
    export: async () => await textOf(await controls.export()),
    import: async (yaml: string | AsyncIterable<Uint8Array>) => await controls.import(piecesOf(yaml)),
    requests: {
      list(query: RequestQuery = {}) {
        return requests.list(check("listRequests", { query: { ...query } }).query);
      },
      count(filter: RequestFilter = {}) {
        return requests.count(check("countRequests", { query: { ...filter } }).query);
      },
      clear: requests.clear,
    },
    trace(requestId: string) {
      check("getTrace", { path: { request_id: requestId } });
      return controls.trace(requestId);
    },
    coverage: controls.coverage,
    chain: {
      async mine(blocks?: number): Promise<number> {
        check("mineBlocks", { body: { blocks } });
        return await controls.mine(blocks);
      },
    },
    limits: {
      show(key: string): readonly Quota[] | null {
        check("getRateLimits", { path: { key_id: key } });
        return controls.limits.show(idOf(key));
      },
      set(key: string, setting: QuotaSetting): void {
        const { body } = check("setRateLimits", { path: { key_id: key }, body: setting });
        controls.limits.set(idOf(key), body as QuotaSetting);
      },
    },
    async snapshot(name?: string): Promise<Snapshot> {
      if (name !== undefined) check("createSnapshot", { body: { name } });
      const chosen = name ?? freeName();
      await controls.snapshot(chosen);
      const methods = { restore: async () => await controls.restore(chosen), delete: async () => await controls.deleteSnapshot(chosen) };
      return { name: chosen, ...whileOpen(methods, isOpen) };
    },
    async doctor(): Promise<readonly Finding[]> {
      const findings = await controls.doctor();
      const broken = findings.filter(({ problems }) => problems.length > 0);
      if (broken.length > 0) throw new InvariantBroken(broken);
      return findings;
    },
  };
  return whileOpen(face, isOpen);

  function freeName(): string {
    const taken = new Set(controls.snapshots().map((snapshot) => snapshot.name));
    do unnamed += 1;
    while (taken.has(`snapshot-${unnamed}`));
    return `snapshot-${unnamed}`;
  }
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) {
    if (text.length + piece.length > constants.MAX_STRING_LENGTH) {
      const message = "The state is longer than a string can be (512 MB); export it by `getsmart-sandbox export FILE`.";
      throw new ApiError("INVALID_REQUEST", message);
    }
    text += piece;
  }
  return text;
}

/** Throws VALIDATION_FAILED. */
function piecesOf(yaml: unknown): AsyncIterable<Uint8Array> {
  if (typeof yaml === "string") return bytesOf(yaml);
  if (yaml !== null && typeof yaml === "object" && Symbol.asyncIterator in yaml) return yaml as AsyncIterable<Uint8Array>;
  throw refuse("VALIDATION_FAILED", "Give the text of an export, or its bytes in pieces (an async iterable).", "");
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
