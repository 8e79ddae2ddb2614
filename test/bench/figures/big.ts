import { createReadStream, createWriteStream, mkdirSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FileJournal } from "../../../emulator/adapters/fs/journal.ts";
import { encodeLine, FORMAT } from "../../../emulator/engine/journal-line.ts";
import { createSandbox, type Sandbox } from "../../../emulator/sandbox.ts";
import { type Figure, memory, type Values } from "../figure.ts";

/** Megabytes that users and their events come to; a string holds 512. */
const RECORDS_MB = Number(process.env.BIG_MB ?? 620);
/** Megabytes of a journal; Node reads files of up to 2 048 at once. */
const JOURNAL_MB = Number(process.env.BIG_JOURNAL_MB ?? 2200);
/** A user with as much metadata as the API takes, and the event with the same user. */
const METADATA = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key_${i}`, `${i} `.padEnd(500, "metadata ")]));
const USER_BYTES = 2 * JSON.stringify(METADATA).length;

export const big: Figure = {
  title: "what does not fit in one string or one read: seconds, sizes, and the longest time that the event loop was held",
  rounds: 1,
  variants: ["records", "journal"],
  measure: (variant, scratch) => {
    const dir = join(scratch, variant);
    mkdirSync(dir, { recursive: true });
    return variant === "records" ? manyRecords(dir) : longJournal(dir);
  },
};

async function manyRecords(dir: string): Promise<Values> {
  const dataDir = join(dir, "data");
  const file = join(dir, "state.yaml");
  const sandbox = await createSandbox({ dataDir });
  const fill_s = await seconds(() => makeUsers(sandbox, Math.ceil((RECORDS_MB * 1e6) / USER_BYTES)));
  const exported = await watched(async () => {
    const answer = await fetch(`${sandbox.info().urls.control}/export`);
    await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(file));
  });
  const stop_s = await seconds(() => sandbox.close());
  let again: Sandbox = sandbox;
  const start_s = await seconds(async () => {
    again = await createSandbox({ dataDir });
  });
  await again.close();
  const other = await createSandbox({ dataDir: join(dir, "other") });
  const origin = await other.listen();
  const imported = await watched(() => upload(`${origin}/_sandbox/import`, file));
  const found = other.info().chain.block_number;
  await other.close();
  return {
    ...{
      fill_s,
      export_s: exported.s,
      export_held_ms: exported.held_ms,
      export_gc_ms: exported.gc_ms,
      stop_s,
      start_s,
      import_s: imported.s,
      import_held_ms: imported.held_ms,
    },
    ...{
      journal_mb: mb(join(dataDir, "journal.ndjson")),
      db_mb: mb(join(dataDir, "db.json")),
      yaml_mb: mb(file),
      imported_db_mb: mb(join(dir, "other", "db.json")),
      blocks: found,
    },
    ...memory(),
  };
}

async function longJournal(dir: string): Promise<Values> {
  const sandbox = await createSandbox({ dataDir: dir });
  await sandbox.close();
  const file = join(dir, "journal.ndjson");
  const journal = new FileJournal(file, { fsync: false });
  let seq = 0;
  for await (const { text } of journal.read()) seq = Math.max(seq, JSON.parse(text).seq ?? JSON.parse(text).last_seq);
  const padding = "x".repeat(2 ** 20);
  for (let i = 1; i <= JOURNAL_MB; i++) {
    journal.append(encodeLine({ v: FORMAT, kind: "unit", seq: seq + i, at: Date.now(), request_id: padding }));
  }
  journal.close();
  const journal_mb = mb(file);
  let again: Sandbox = sandbox;
  const start_s = await seconds(async () => {
    again = await createSandbox({ dataDir: dir });
  });
  const doctor = await watched(() => again.doctor());
  const stop_s = await seconds(() => again.close());
  return { journal_mb, start_s, doctor_s: doctor.s, stop_s, compacted_mb: mb(file), ...memory() };
}

async function makeUsers(sandbox: Sandbox, count: number): Promise<void> {
  const origin = await sandbox.listen();
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" };
  let next = 0;
  const one = async () => {
    for (let i = next++; i < count; i = next++) {
      const body = JSON.stringify({ email: `big${i}@example.com`, display_name: `Big ${i}`, metadata: METADATA });
      const answer = await fetch(`${origin}/v1/users`, { method: "POST", headers, body });
      if (answer.status !== 201) throw new Error(await answer.text());
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

function upload(url: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", headers: { "content-type": "application/yaml" } }, async (answer) => {
      const text = (await answer.setEncoding("utf8").toArray()).join("");
      if (answer.statusCode === 200) resolve();
      else reject(new Error(text));
    });
    pipeline(createReadStream(file), call).catch(reject);
  });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** `held_ms`: the longest time that the event loop was held; `gc_ms`: the longest pause of the garbage collector, which is among it. */
async function watched(work: () => Promise<unknown>): Promise<{ s: number; held_ms: number; gc_ms: number }> {
  let gc_ms = 0;
  const pauses = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gc_ms = Math.max(gc_ms, duration);
  });
  pauses.observe({ entryTypes: ["gc"] });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const s = await seconds(work);
  delay.disable();
  pauses.disconnect();
  return { s, held_ms: delay.max / 1e6, gc_ms };
}

/** 0 for one that is not there: a stop leaves what it cannot compact in time to the journal. */
function mb(file: string): number {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) / 2 ** 20;
}
