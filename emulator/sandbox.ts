import { type Logger, pino } from "pino";
import { ChainFaults, faultyChain } from "./adapters/faulty/chain.ts";
import { JoseCredentials } from "./adapters/jose/credentials.ts";
import { drawnSecret, randomSeed, SeededIds, seededRandom } from "./adapters/memory/ids.ts";
import { MemoryJournal } from "./adapters/memory/journal.ts";
import { SlidingWindows } from "./adapters/memory/rate-limiter.ts";
import { RequestIds } from "./adapters/memory/request-ids.ts";
import { MemoryStore } from "./adapters/memory/store.ts";
import { NodeSender } from "./adapters/node-http/sender.ts";
import { PngImages } from "./adapters/png/images.ts";
import { SandboxClock, SYSTEM_TIME } from "./adapters/time/clock.ts";
import { NodeTimer } from "./adapters/time/timer.ts";
import { Access } from "./control/access/access.ts";
import { ClockControl } from "./control/clock.ts";
import { createControls } from "./control/controls.ts";
import { CoverageCounter } from "./control/coverage.ts";
import { refuseDivergence } from "./control/doctor/divergence.ts";
import { examine } from "./control/doctor/examine.ts";
import { Faults } from "./control/faults.ts";
import { Feed } from "./control/feed.ts";
import { FixtureLibrary } from "./control/fixtures/library.ts";
import { FixtureParser } from "./control/fixtures/parse-aside.ts";
import { Transfer } from "./control/fixtures/transfer.ts";
import { watchMemory } from "./control/memory.ts";
import { Observation } from "./control/observation.ts";
import { RequestLog } from "./control/requests.ts";
import { type FirstFixture, firstFixture, Seeding } from "./control/seeding.ts";
import { Waiter } from "./control/wait-for.ts";
import { WebhookFaults } from "./control/webhook-faults.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { openEngine } from "./engine/engine.ts";
import type { HeaderLine } from "./engine/journal-line.ts";
import { FIXTURE } from "./engine/positions.ts";
import { Scheduler } from "./engine/scheduler.ts";
import { WhenIdle } from "./engine/when-idle.ts";
import { createApp } from "./http/app.ts";
import { controlPlane } from "./http/control/control-plane.ts";
import { inputChecks } from "./http/control/input-checks.ts";
import { loadDocument } from "./http/document.ts";
import { API_STATUS } from "./http/envelope.ts";
import { HangingRequests } from "./http/faults/hanging.ts";
import { operationsOf } from "./http/operations/operations.ts";
import { rawRecorder } from "./http/raw-exchange.ts";
import { listen as serveHttp } from "./http/server.ts";
import { stepBook } from "./http/steps.ts";
import { type AwardRecord, awardOf } from "./model/award.ts";
import { builtText, PACKAGE_ROOT, packageFile, VERSION } from "./package-root.ts";
import type { Machine } from "./ports/disk.ts";
import type { Store } from "./ports/store.ts";
import { serveRpc } from "./rpc/server.ts";
import { Addresses, type Urls } from "./sandbox-addresses.ts";
import { type Address, inProcess, type Sandbox, type SandboxOptions } from "./sandbox-api.ts";
import { infoOf, newHeader, noticesOf, sandboxId } from "./sandbox-facts.ts";
import { worldsBeside } from "./sandbox-import.ts";
import { whileOpen } from "./sandbox-open.ts";
import { checkedOptions } from "./sandbox-options.ts";
import { Achievements } from "./services/achievements.ts";
import { Awards } from "./services/awards.ts";
import { Badges } from "./services/badges.ts";
import { Credentials } from "./services/credentials.ts";
import { Deliveries } from "./services/deliveries.ts";
import { Dispatcher } from "./services/dispatcher.ts";
import { dueWork } from "./services/due-work.ts";
import { Erasure } from "./services/erasure.ts";
import { DEFAULT_KEY, Keys } from "./services/keys.ts";
import { Mining } from "./services/mining.ts";
import { Pictures } from "./services/pictures.ts";
import { UserProgress } from "./services/progress.ts";
import { policiesOf } from "./services/quotas.ts";
import { Rewards } from "./services/rewards.ts";
import { settlement } from "./services/settlement.ts";
import { Tokens } from "./services/tokens.ts";
import { Users } from "./services/users.ts";
import { Verifier } from "./services/verification.ts";
import { WebhookEndpoints } from "./services/webhook-endpoints.ts";
import { listenerSecret } from "./services/webhook-signature.ts";
import { stopWithin } from "./stop.ts";

export type { Coverage } from "./control/coverage.ts";
export type { LoggedRequest, RequestSummary } from "./control/exchange.ts";
export { FixtureError } from "./control/fixtures/problems.ts";
export type { RequestFilter, RequestQuery } from "./control/request-filter.ts";
export type { Seeded, SeedInput } from "./control/seeding.ts";
export type { Trace } from "./control/trace.ts";
export { SandboxClosed } from "./model/sandbox-closed.ts";
export { InvariantBroken, type Sandbox, type SandboxOptions, type Snapshot } from "./sandbox-api.ts";
export { signTestPayload } from "./services/webhook-signature.ts";

/** Made once: every sandbox of a process may be silent by it. */
const SILENT = pino({ level: "silent" });

/** Where the clock of a seeded sandbox stands at first, after the history of its fixture. */
const SEEDED_START = Date.parse("2026-01-01T00:00:00.000Z");

/** The fixtures that are shipped. */
const library = new FixtureLibrary(packageFile("fixtures"), (name) => builtText(`fixtures/${name}.json`));

/** A chain that has been busy for longer does not answer, and the sandbox is not ready. */
const ANSWERS_WITHIN_MS = 1000;

/** The address of a sandbox that nobody has asked to listen anywhere else. */
const DEFAULT_BASE = "http://127.0.0.1:4010/v1";

/** How a start differs from a plain one. */
interface Start extends Machine {
  /** What must be done before the sandbox has started, such as to listen. When it fails the start has failed: what it made is gone. */
  readonly serve?: (sandbox: Sandbox) => Promise<void>;
}

/** Starts a sandbox. Throws DataFolderInUse, DataFolderMismatch, DataUnsupported, StorageDamaged, StorageUnusable, UnknownFixture, FixtureError; then nothing is left open. `start`: for the command line and tests. */
export async function createSandbox(given: SandboxOptions = {}, start: Start = {}): Promise<Sandbox> {
  const options = checkedOptions(given);
  if (options.webhooks) inputChecks.check("setWebhookFaults", { body: options.webhooks });
  const folder = options.dataDir === undefined ? null : await openFolder(options.dataDir, options, start);
  let undo = async () => {};
  const compound = compose(options, options.log ?? SILENT, folder, start.idleMs, (end) => void (undo = end));
  const sandbox = await compound.catch(async (error) => {
    await undo();
    throw folder ? folder.abandon(error) : error;
  });
  try {
    await start.serve?.(sandbox);
    return sandbox;
  } catch (error) {
    await undo();
    folder?.abandon(error);
    throw error;
  }
}

/** The composition root: the one place where adapters are named and everything is put together. `opened`: told how what is open so far is ended. */
async function compose(
  options: SandboxOptions,
  log: Logger,
  folder: DataFolder | null,
  idleMs: number | undefined,
  opened: (end: () => Promise<void>) => void,
): Promise<Sandbox> {
  const mode = options.mining ?? { kind: "auto" };
  const quotas = policiesOf(options.limits);

  // Adapters; the heavy ones are loaded side by side, and only now.
  const loading = Promise.all([import("./adapters/hardhat/chain.ts"), openStore(folder)]);
  const document = loadDocument();
  const [{ HardhatChain, newRules }, store] = await loading;
  const book = stepBook(
    document,
    () => operations,
    () => writer,
  );
  const parser = new FixtureParser();
  const end = options.seed === undefined ? Date.now() : SEEDED_START;
  const first = folder?.kept
    ? null
    : await firstFixture(library.open(options.fixture ?? options.defaultFixture ?? "empty"), book, end, parser);
  const header = folder?.kept?.header ?? newHeader(options, newRules(options), first as FirstFixture, randomSeed());
  const id = sandboxId(header, folder?.lock.folder ?? null);
  const { callGas, traceGas } = options;
  const chainOf = ({ chain_id: chainId, start, rules }: HeaderLine) =>
    HardhatChain.create({ chainId, genesis: new Date(start), rules, root: PACKAGE_ROOT, callGas, traceGas });
  const node = await chainOf(header);
  opened(() => node.close());
  const chainFaults = new ChainFaults();
  const served = { chain: node };
  const chain = faultyChain(() => served.chain, chainFaults);
  const clock = new SandboxClock(SYSTEM_TIME);
  const ids = new SeededIds(header.seed, header.seeded);
  const [requestIds, asideIds] = [new RequestIds(header.seed), new RequestIds(`${header.seed} aside`)];
  const limiter = new SlidingWindows(quotas.policies, quotas.metered);

  // Services that mined blocks call back into.
  const publicUrl = options.publicUrl ?? (header.rules.external_base || null);
  const links = { served: null as string | null };
  const base = () => publicUrl ?? links.served ?? DEFAULT_BASE;
  const mining = new Mining(mode);
  const images = new PngImages();
  const badges = new Badges(images);
  const awards = new Awards(badges, new Rewards(chain, mining), base);
  const showAward = (award: AwardRecord) => awardOf(award, base());

  const reach = { isLocal: true };
  const endpoints = new WebhookEndpoints(() => reach.isLocal);
  const deliveries = new Deliveries(endpoints);

  // The engine.
  const ports = { store, chain, journal: folder?.journal ?? new MemoryJournal(), clock, ids };
  const engine = await openEngine(ports, header, folder?.kept ?? null, folder?.journalFile ?? "journal", {
    mining: () => (mode.kind === "auto" && chainFaults.current !== "pending" ? "auto" : "deferred"),
    settle: settlement(chain, awards),
    emitted: (unit, event) => deliveries.enqueue(unit, event),
    ...(options.onProgress ? { progress: options.onProgress } : {}),
  });
  const { writer, positions } = engine;
  positions.join(limiter);
  if (engine.recovered?.hashDiffers) await refuseDivergence(store, chain, folder?.journalFile ?? "journal");

  // Services.
  const users = new Users(chain);
  const tokens = new Tokens(chain, mining);
  const achievements = new Achievements(badges);
  const progress = new UserProgress(users, achievements, badges, awards);
  const credentials = new Credentials(new JoseCredentials(header.seeded), base);
  const keys = new Keys(store, () => clock.now(), drawnSecret);
  const faults = new Faults({
    operations: document.operations.map(({ id }) => id),
    statuses: API_STATUS,
    keyIdOf: (key) => keys.idOf(key),
    random: (name) => seededRandom(`${header.seed} faults ${name}`),
    now: () => clock.now(),
  });
  const webhookFaults = new WebhookFaults(options.webhooks);
  const dispatcher = new Dispatcher({
    world: writer,
    sender: new NodeSender(),
    endpoints,
    deliveries,
    now: () => clock.now(),
    wall: SYSTEM_TIME.wall,
    faults: () => webhookFaults.current,
    random: seededRandom(`${header.seed} webhooks`),
    failed: (error) => log.error({ err: error }, "a delivery could not be made, or its result not be recorded; it is made again"),
  });
  const feed = new Feed();
  const waiter = new Waiter(feed, writer);
  const coverage = new CoverageCounter(document);
  const observation = new Observation({
    log: new RequestLog(),
    coverage,
    operations: document.operations.map(({ id }) => id),
    feed,
    keys,
    records: store,
    chain,
    wall: SYSTEM_TIME.wall,
  });
  writer.onCommit(watchMemory((sentence) => log.warn(sentence)));
  writer.onCommit((commit) => {
    const { changes, events } = commit;
    observation.committed(commit);
    dispatcher.committed(changes.flatMap(({ table, record }) => (table === "webhook_deliveries" && record ? [record] : [])));
    for (const event of events) feed.publish({ kind: "event", event });
  });
  const scheduler = new Scheduler(
    writer,
    { store, clock, timer: new NodeTimer() },
    dueWork({ mining, deliveries, badges, awards }),
    (due, error) => log.error({ err: error, due }, "due work failed; it is tried again"),
  );
  const seeding = new Seeding({
    ...{ world: writer, clock, library, book, parser, seed: header.seeded ? header.seed : "getsmart" },
    doDue: (unit, due) => scheduler.perform(unit, due),
  });
  dispatcher.resume();

  const beginWorld = worldsBeside({ chainOf, newRules, header, engine, served });

  // Control.
  const urls: Urls = {};
  let closing: Promise<void> | null = null;
  const clocked = {
    runUntil: (until: number) => scheduler.runUntil(until, () => dispatcher.settled()),
    runWithClock: (state: Parameters<typeof writer.runWithClock>[2], at: number) => writer.runWithClock({ at }, () => {}, state),
  };
  const controls = createControls({
    world: writer,
    positions,
    fixture: FIXTURE,
    clock,
    clockControl: new ClockControl(clocked, clock, SYSTEM_TIME.wall),
    mining,
    keys,
    limiter,
    faults,
    webhookFaults,
    transfer: new Transfer({ world: writer, store, chain, clock, ids, begin: beginWorld }),
    seeding,
    rearm: () => scheduler.rearm(),
    feed,
    observation,
    deliveries,
    listenerSecret: listenerSecret(header.seed),
    moved: () =>
      writer.whenDurable(() => {
        scheduler.rearm();
        dispatcher.resume();
        feed.publish({ kind: "reset" });
      }),
    ready: () => closing === null && writer.broken === null && writer.busyFor < ANSWERS_WITHIN_MS,
    info: () => infoOf(id, header, options, chain.identity, writer.committedBlock, urls),
    doctor: () => examine({ world: writer, store, chain, lines: () => ports.journal.read() }),
  });

  // HTTP.
  const access = new Access({ ...options, publicUrl });
  const facts = {
    version: VERSION,
    limits: quotas.facts,
    chain: { chain_id: header.chain_id, token_address: chain.identity.token, badge_address: chain.identity.badge },
    mining: mode.kind,
    now: () => clock.now(),
  };
  const erasure = new Erasure(users, awards, progress);
  const verifier = new Verifier(chain, credentials, showAward, () => clock.now());
  const pictures = new Pictures(images, credentials, base);
  const learning = { badges, awards, achievements, progress, credentials, pictures, verifier };
  const nouns = { users, erasure, tokens, ...learning, endpoints, deliveries, keys };
  const operations = operationsOf({ ...nouns, showAward, document, facts, publicUrl });
  if (first) {
    await seeding.begin(first, options.onSeeding);
    await writer.run({}, (unit) => keys.createDefault(unit));
    await positions.snapshot(FIXTURE);
  }
  await scheduler.start();
  const idle = folder && new WhenIdle(new NodeTimer(), engine.state, () => folder.compact(writer.broken, engine.refresh), log, idleMs);
  const control = controlPlane(controls, publicUrl);
  const newRequestId = (isAside: boolean) => (isAside ? asideIds : requestIds).next(clock.now());
  const hanging = new HangingRequests();
  const injection = { strike: faults.strike.bind(faults), duringFault: chainFaults.during.bind(chainFaults), hanging };
  const parts = { document, operations, control, world: writer, clock, newRequestId, keys, limiter, faults: injection };
  const app = createApp({ ...parts, recorder: observation, sandboxId: id, access, log });
  const raw = rawRecorder(
    observation,
    () => newRequestId(false),
    () => clock.now(),
    log,
  );
  const certificates = options.https ? (await import("./adapters/crypto/certificates.ts")).openCertificates(options.https.caDir) : null;
  const addresses = new Addresses({
    urls,
    access,
    certificates,
    hosts: options.allowHosts ?? [],
    serveApi: (at) => serveHttp(app, at, raw),
    serveRpc: (at) => serveRpc({ chain, writer, mining, controls, clock, access, log }, at),
    opening: (isLocal) => void (reach.isLocal &&= isLocal),
    opened(urls) {
      links.served ??= urls.api === undefined ? null : `${urls.api}/v1`;
      folder?.lock.publish({ sandbox_id: id, urls: { ...urls }, ...(certificates ? { ca_file: certificates.caFile } : {}) });
    },
  });
  const abandon = (sentence: string) => {
    log.warn(sentence);
    writer.stop(new Error("the sandbox was stopped"));
  };
  const close = () => (closing ??= stopWithin(endCleanly, abandon, () => folder?.close()));
  opened(() => (closing ??= letGo(async () => {})));
  const isOpen = () => closing === null;
  const listen = async (at?: Address) => await addresses.listen(at);
  const listenRpc = async (at?: Address) => await addresses.listenRpc(at);

  return {
    ...inProcess(controls, inputChecks, waiter, (key) => keys.idOf(key), isOpen),
    ...whileOpen({ listen, listenRpc }, isOpen),
    ready: controls.ready,
    app,
    apiKey: DEFAULT_KEY,
    accounts: chain.identity.accounts,
    caFile: certificates?.caFile ?? null,
    get hosts() {
      return access.hosts;
    },
    notices: noticesOf(engine, options, folder),
    close,
    [Symbol.asyncDispose]: close,
  };

  /** No new work, then the generation's end on disk, then everything is let go. */
  async function endCleanly(): Promise<void> {
    await letGo(async () => folder?.compact(writer.broken, () => engine.compact()));
  }

  async function letGo(keep: () => Promise<void>): Promise<void> {
    idle?.stop();
    scheduler.stop();
    parser.close();
    await dispatcher.stop();
    feed.publish({ kind: "end" });
    hanging.release();
    await addresses.close();
    await writer.quiet(async () => {});
    try {
      await keep();
    } finally {
      await chain.close();
    }
  }
}

function openFolder(dir: string, options: SandboxOptions, machine: Machine): Promise<DataFolder> {
  const { fixture, seed } = options;
  const asked = { ...options, fixture: fixture === undefined ? undefined : library.idOf(fixture), seed: seed?.toString() };
  return openDataFolder({ ...options, dir }, asked, machine);
}

async function openStore(folder: DataFolder | null): Promise<Store> {
  if (!folder) return new MemoryStore();
  const { LowdbStore } = await import("./adapters/lowdb/store.ts");
  return new LowdbStore(folder.dbFile, (folded, places) => new MemoryStore(folded, places));
}
