import type { Express } from "express";
import { type Logger, pino } from "pino";
import { randomSeed, SeededIds } from "./adapters/memory/ids.ts";
import { MemoryJournal } from "./adapters/memory/journal.ts";
import { SlidingWindows } from "./adapters/memory/rate-limiter.ts";
import { MemoryStore } from "./adapters/memory/store.ts";
import { SandboxClock, SYSTEM_TIME } from "./adapters/time/clock.ts";
import { NodeTimer } from "./adapters/time/timer.ts";
import { ClockControl } from "./control/clock.ts";
import type { Controls, SandboxInfo } from "./control/controls.ts";
import { examine } from "./control/doctor.ts";
import { type DataFolder, openDataFolder, refuseMismatch } from "./data-folder.ts";
import { openEngine } from "./engine/engine.ts";
import { FORMAT, type HeaderLine } from "./engine/journal-line.ts";
import { FIXTURE } from "./engine/positions.ts";
import type { Progress } from "./engine/recovery.ts";
import { Scheduler } from "./engine/scheduler.ts";
import { createApp } from "./http/app.ts";
import { controlRouter } from "./http/control/router.ts";
import { loadDocument } from "./http/document.ts";
import { hostAllowlist } from "./http/middleware/allow-host.ts";
import { eventOperations } from "./http/operations/events.ts";
import { keyOperations } from "./http/operations/keys.ts";
import { metaOperations } from "./http/operations/meta.ts";
import { tokenOperations } from "./http/operations/tokens.ts";
import { userOperations } from "./http/operations/users.ts";
import { type HttpServer, listen } from "./http/server.ts";
import { PACKAGE_ROOT, VERSION } from "./package-root.ts";
import type { Store } from "./ports/store.ts";
import { type RpcServer, serveRpc } from "./rpc/server.ts";
import { DEFAULT_KEY, Keys } from "./services/keys.ts";
import { Mining, type MiningMode } from "./services/mining.ts";
import { settlement } from "./services/settlement.ts";
import { Tokens } from "./services/tokens.ts";
import { Users } from "./services/users.ts";

/** Every option is optional. */
export interface SandboxOptions {
  /** Folder that keeps the data; without one the sandbox lives in memory. */
  readonly dataDir?: string;
  readonly fixture?: string;
  /** Fixes the start instant, freezes the clock, and makes identifiers, secrets and hashes reproducible. */
  readonly seed?: string | number;
  readonly chainId?: number;
  readonly mining?: MiningMode;
  /** Off by default here: any test suite is faster than ten requests a second. */
  readonly limits?: { readonly perSecond: number; readonly perHour: number } | "off";
  readonly allowHosts?: readonly string[];
  readonly fresh?: boolean;
  readonly repair?: boolean;
  readonly fsync?: boolean;
  readonly log?: Logger;
  /** Told while a long journal is replayed. */
  readonly onProgress?: Progress;
}

/** A running sandbox. `close()` it, or use `await using` on Node 24. */
export interface Sandbox extends Controls, AsyncDisposable {
  /** The Express application, for supertest and friends: no port needed. */
  readonly app: Express;
  /** The default API key, with every scope. */
  readonly apiKey: string;
  readonly accounts: readonly { readonly address: string; readonly privateKey: string }[];
  /** Serves the API on a port (0 = free); returns its origin. The API is at origin + "/v1". */
  listen(at?: { host?: string; port?: number }): Promise<string>;
  /** Serves JSON-RPC (HTTP and WebSocket) on a port (0 = free); returns its origin. */
  listenRpc(at?: { host?: string; port?: number }): Promise<string>;
  /** A notice for people: a torn line that was dropped, a differing hash, quotas that were cleared. */
  readonly notices: readonly string[];
  close(): Promise<void>;
}

/** Start instant of a seeded sandbox. */
const SEEDED_START = "2026-01-01T00:00:00.000Z";

/** Builds a sandbox: the one place where adapters are named. Throws DataFolderInUse, DataFolderMismatch, StorageDamaged. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const log = options.log ?? pino({ level: "silent" });
  const folder = options.dataDir === undefined ? null : openFolder(options.dataDir, options);
  try {
    return await build(options, log, folder);
  } catch (error) {
    folder?.journal.close();
    folder?.lock.release();
    throw error;
  }
}

async function build(options: SandboxOptions, log: Logger, folder: DataFolder | null): Promise<Sandbox> {
  const header = folder?.kept?.header ?? newHeader(options);
  const mode = options.mining ?? { kind: "auto" };
  const [{ HardhatChain }, document, store] = await Promise.all([import("./adapters/hardhat/chain.ts"), loadDocument(), openStore(folder)]);

  const chain = await HardhatChain.create({ chainId: header.chain_id, genesis: new Date(header.start), root: PACKAGE_ROOT });
  const clock = new SandboxClock(SYSTEM_TIME);
  const ids = new SeededIds(header.seed, header.seeded);
  const journal = folder?.journal ?? new MemoryJournal();
  const limits = options.limits === undefined || options.limits === "off" ? null : options.limits;
  const { perSecond, perHour } = limits ?? { perSecond: 10, perHour: 1000 };
  const limiter = new SlidingWindows(
    [
      { name: "second", q: perSecond, w: 1 },
      { name: "hour", q: perHour, w: 3600 },
    ],
    limits !== null,
  );

  const engine = await openEngine({ store, chain, journal, clock, ids }, header, folder?.kept ?? null, folder?.journalFile ?? "journal", {
    mining: mode.kind === "auto" ? "auto" : "deferred",
    settle: settlement(chain),
    ...(options.onProgress ? { progress: options.onProgress } : {}),
  });
  const { writer, positions } = engine;
  positions.join(limiter);
  const users = new Users(chain);
  const mining = new Mining(mode);
  const tokens = new Tokens(chain, mining);
  const keys = new Keys(store, () => clock.now());
  const scheduler = new Scheduler(
    writer,
    { store, clock, timer: new NodeTimer() },
    {
      submissions: async (unit) => void (await mining.mine(unit)),
      idempotency: (unit, due) => unit.remove("idempotency", due.id),
    },
    (due, error) => log.error({ err: error, due }, "due work failed; it is tried again"),
  );

  if (!engine.recovered) {
    await writer.run({}, (unit) => keys.createDefault(unit));
    await positions.snapshot(FIXTURE);
  }
  await scheduler.start();

  const clockControl = new ClockControl(
    {
      runUntil: (until) => scheduler.runUntil(until),
      runWithClock: (state, at) => writer.runWithClock({ at }, () => {}, state),
    },
    clock,
  );
  const urls: { api?: string; control?: string; rpc?: string } = {};
  const servers: (HttpServer | RpcServer)[] = [];
  let closed: Promise<void> | null = null;

  const controls: Controls = {
    ready: () => closed === null && writer.broken === null,
    info: () => infoOf(header, options, chain.identity, writer.committedBlock, urls),
    async reset() {
      await positions.restore(FIXTURE);
      limiter.clear();
      scheduler.rearm();
    },
    snapshot: (name) => positions.snapshot(name),
    async restore(name) {
      await positions.restore(name);
      scheduler.rearm();
    },
    deleteSnapshot: (name) => positions.drop(name),
    snapshots: () => positions.list(),
    clock: {
      show: () => clockControl.show(),
      advance: (ms) => clockControl.advance(ms),
      advanceTo: (instant) => clockControl.advanceTo(instant),
      freeze: () => clockControl.freeze(),
      run: () => clockControl.run(SYSTEM_TIME.wall()),
    },
    async mine(blocks = 1) {
      let number = 0;
      for (let i = 0; i < blocks; i++) number = await writer.run({}, (unit) => mining.mine(unit));
      return number;
    },
    doctor: () => examine(writer, store, chain),
  };

  const isHostAllowed = hostAllowlist(options.allowHosts ?? []);
  const isOriginAllowed = (origin: string) => urls.api !== undefined && origin === urls.api;
  const requestIds = new SeededIds(`${header.seed} requests`, header.seeded);
  const facts = {
    version: VERSION,
    limits: { enabled: limits !== null, per_second: perSecond, per_hour: perHour },
    chain: { chain_id: header.chain_id, token_address: chain.identity.token, badge_address: chain.identity.badge },
    mining: mode.kind,
    now: () => clock.now(),
  };
  const parts = [
    userOperations(users),
    tokenOperations(tokens, users),
    eventOperations(),
    keyOperations(keys),
    metaOperations(document, facts),
  ];
  const app = createApp({
    document,
    operations: {
      reads: Object.assign({}, ...parts.map(({ reads }) => reads)),
      writes: Object.assign({}, ...parts.map(({ writes }) => writes)),
    },
    control: controlRouter(controls, isOriginAllowed),
    world: writer,
    clock,
    requestIds,
    keys,
    limiter,
    isHostAllowed,
    log,
  });

  async function shutDown(): Promise<void> {
    scheduler.stop();
    await Promise.all(servers.map((server) => server.close()));
    if (folder && !writer.broken) await engine.compact();
    await writer.quiet(async () => {});
    await chain.close();
    folder?.journal.close();
    folder?.lock.release();
  }

  return {
    ...controls,
    app,
    apiKey: DEFAULT_KEY,
    accounts: chain.identity.accounts,
    notices: noticesOf(engine.recovered, folder),
    async listen({ host = "127.0.0.1", port = 0 } = {}) {
      const server = await listen(app, { host, port }, () => requestIds.next("req", clock.now()));
      servers.push(server);
      urls.api ??= server.origin;
      urls.control ??= `${server.origin}/_sandbox`;
      folder?.lock.publish({ ...urls });
      return server.origin;
    },
    async listenRpc({ host = "127.0.0.1", port = 0 } = {}) {
      const server = await serveRpc({ chain, writer, mining, controls, clock, isHostAllowed, log }, { host, port });
      servers.push(server);
      urls.rpc ??= server.origin;
      folder?.lock.publish({ ...urls });
      return server.origin;
    },
    close: () => (closed ??= shutDown()),
    [Symbol.asyncDispose]: () => (closed ??= shutDown()),
  };
}

function openFolder(dir: string, options: SandboxOptions): DataFolder {
  const { fresh = false, repair = false, fsync = false } = options;
  const folder = openDataFolder({ dir, fresh, repair, fsync });
  try {
    if (folder.kept) {
      refuseMismatch(folder.kept.header, {
        ...(options.fixture === undefined ? {} : { fixture: options.fixture }),
        ...(options.seed === undefined ? {} : { seed: String(options.seed) }),
        ...(options.chainId === undefined ? {} : { chainId: options.chainId }),
      });
    }
    return folder;
  } catch (error) {
    folder.journal.close();
    folder.lock.release();
    throw error;
  }
}

async function openStore(folder: DataFolder | null): Promise<Store> {
  if (!folder) return new MemoryStore();
  const { LowdbStore } = await import("./adapters/lowdb/store.ts");
  return new LowdbStore(folder.dbFile, (folded) => new MemoryStore(folded));
}

function newHeader(options: SandboxOptions): HeaderLine {
  const seeded = options.seed !== undefined;
  return {
    v: FORMAT,
    kind: "header",
    generation: 1,
    base_seq: 0,
    last_seq: 0,
    chain_id: options.chainId ?? 31337,
    hardfork: "cancun",
    seed: seeded ? String(options.seed) : randomSeed(),
    seeded,
    start: seeded ? SEEDED_START : new Date().toISOString(),
    fixture: options.fixture ?? "empty",
    made_by: VERSION,
  };
}

function infoOf(
  header: HeaderLine,
  options: SandboxOptions,
  identity: { token: string; badge: string },
  block: number,
  urls: SandboxInfo["urls"],
): SandboxInfo {
  return {
    version: VERSION,
    node: process.version,
    pid: process.pid,
    fixture: header.fixture,
    seed: header.seeded ? header.seed : null,
    data_dir: options.dataDir ?? null,
    urls: { ...urls },
    chain: { chain_id: header.chain_id, token_address: identity.token, badge_address: identity.badge, block_number: block },
    mining: options.mining?.kind ?? "auto",
  };
}

function noticesOf(recovered: Awaited<ReturnType<typeof openEngine>>["recovered"], folder: DataFolder | null): string[] {
  if (!recovered) return [];
  const notices = ["Quotas were cleared by the restart."];
  if (recovered.torn) notices.push("The last line of the journal was torn: an unfinished, unanswered write was dropped.");
  if (recovered.hashDiffers) {
    notices.push(`The replayed chain has other hashes than the journal (made by ${folder?.kept?.header.made_by}, this is ${VERSION}).`);
  }
  return notices;
}
