/**
 * Requests made from the document, most of them wrong: no 5xx, no answer that the document does not describe or that is over 16 MB, none
 * that holds the event loop over 100 ms, no trace of a refused request. Each request is followed by a look at the journal: a refusal writes nothing (or, under an Idempotency-Key,
 * its own record and nothing else), a read writes nothing, a write at most one line, which is its own.
 * FUZZ_SEED and FUZZ_COUNT choose other requests and more of them.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { type Answer, problemsOf } from "../support/answers.ts";
import { api, newKey } from "../support/client.ts";
import { catalogue, operations } from "../support/contract.ts";
import { setting } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { Random } from "../support/random.ts";
import { sendTimed } from "./fuzz/held.ts";
import { Pool } from "./fuzz/pool.ts";
import { type FuzzRequest, Requests } from "./fuzz/requests.ts";
import { setStage } from "./fuzz/stage.ts";
import { Values } from "./fuzz/values.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 1);
const COUNT = setting("FUZZ_COUNT", { short: 2000, deep: 20_000 });

/** Codes that need more than a request: a time, a failure, another way in, or several requests at once. */
const UNREACHABLE = [
  ...["RATE_LIMIT_EXCEEDED", "HTTPS_REQUIRED", "ORIGIN_NOT_ALLOWED", "ROUTE_NOT_FOUND", "IDEMPOTENCY_IN_PROGRESS", "SANDBOX_RESET"],
  ...["WEBHOOK_ENDPOINT_LIMIT", "SANDBOX_MISMATCH", "URI_TOO_LONG", "HEADERS_TOO_LARGE"],
  ...["TOKEN_PAUSED", "TRANSACTION_REVERTED", "INTERNAL_ERROR", "CHAIN_UNAVAILABLE", "STORAGE_UNAVAILABLE"],
];

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function send(origin: string, { method, url, headers, body }: FuzzRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = body === null ? headers : { ...headers, "content-length": String(body.length) };
    const { hostname, port } = new URL(origin);
    const call = request({ hostname, port, method, path: url, headers: sent, agent }, (res) => {
      const chunks: Buffer[] = [];
      res.on("data", (chunk) => chunks.push(chunk));
      res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text: Buffer.concat(chunks).toString() }));
      res.on("error", reject);
    });
    call.on("error", (error) =>
      reject(
        new Error(`${error.message}: ${method} ${url.slice(0, 300)}, ${url.length} characters, ${JSON.stringify(headers).slice(0, 600)}`),
      ),
    );
    call.end(body ?? undefined);
  });
}

/** What was written to the journal since the last look. */
class JournalTail {
  readonly #fd: number;
  #offset: number;

  constructor(file: string) {
    this.#fd = openSync(file, "r");
    this.#offset = fstatSync(this.#fd).size;
  }

  read(): Record<string, unknown>[] {
    const { size } = fstatSync(this.#fd);
    if (size === this.#offset) return [];
    const bytes = Buffer.alloc(size - this.#offset);
    readSync(this.#fd, bytes, 0, bytes.length, this.#offset);
    this.#offset = size;
    return (
      bytes
        .toString()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
        // What a receiver answered is recorded when it comes, whatever was asked meanwhile.
        .filter(({ request_id }) => request_id !== null)
    );
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** What the journal says against an answer. */
function traceProblems(
  { method, headers }: FuzzRequest,
  { status, headers: answered }: Answer,
  lines: Record<string, unknown>[],
): string[] {
  const [line, ...more] = lines;
  if (!line) return [];
  if (more.length > 0) return [`${lines.length} journal lines`];
  if (["GET", "HEAD", "OPTIONS"].includes(method)) return ["a read was journaled"];
  if (line.request_id !== answered["request-id"]) return [`the line is of ${line.request_id}`];
  if (status < 300) return answered["idempotent-replayed"] === undefined ? [] : ["a replay was journaled"];
  const kept = headers["idempotency-key"] !== undefined && [404, 409, 422].includes(status);
  const effects = ["records", "removed", "events", "chain", "clock"].filter((each) => each in line);
  return kept && effects.length === 0 && "idempotency" in line ? [] : [`a refusal left ${effects.join(", ") || "a line"}`];
}

it(`${COUNT} requests of seed ${SEED}`, { timeout: Math.max(120_000, COUNT * 10) }, async () => {
  const dataDir = newFolder();
  const sandbox = await createSandbox({ dataDir, seed: SEED });
  const client = api(sandbox.app, sandbox.apiKey);
  const own = (await client.get("/api-keys/current")).body.data.id as string;
  const keys = [sandbox.apiKey];
  const hidden = [own];
  for (const scopes of [["users:read"], ["keys:write", "users:read"], ["tokens:mint", "tokens:transfer"]]) {
    const key = await newKey(client, scopes);
    keys.push(key.secret);
    hidden.push(key.id);
  }
  await client.get("/jwks.json").expect(200); // the one read that may be journaled: the issuer key is made when it is first needed
  const random = new Random(SEED);
  const pool = new Pool(random, hidden);
  await setStage(client, sandbox, pool);
  const origin = await sandbox.listen();
  const tail = new JournalTail(join(dataDir, "journal.ndjson"));

  const requests = new Requests(random, new Values(random, pool), pool, keys);
  const byOperation = new Map<string, Map<number, number>>();
  const codes = new Map<string, number>();
  const failures: string[] = [];

  for (let index = 0; index < COUNT && failures.length < 5; index++) {
    const sent = requests.next();
    const { answer, problems: costs, wasRepeated } = await sendTimed(() => send(origin, sent));
    const lines = tail.read();
    const problems = [
      ...(answer.status >= 500 ? [`status ${answer.status}`] : []),
      ...costs,
      ...problemsOf(sent.method, sent.url, answer),
      ...(wasRepeated ? [] : traceProblems(sent, answer, lines)),
    ];
    if (problems.length > 0)
      failures.push(
        `#${index} ${sent.method} ${sent.url.slice(0, 300)} ${JSON.stringify(sent.headers).slice(0, 600)}\n${sent.body?.toString().slice(0, 600)}\n${problems.join("\n")}`,
      );
    const statuses = byOperation.get(sent.operation.id) ?? new Map<number, number>();
    byOperation.set(sent.operation.id, statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1));
    if (answer.text.startsWith('{"status":"error"')) {
      const { code } = JSON.parse(answer.text).error;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    } else if (answer.text.startsWith('{"status":"success"')) {
      pool.learn(JSON.parse(answer.text), answer.headers.etag as string | undefined);
    }
  }
  tail.close();
  agent.destroy();
  report(byOperation, codes);
  expect(failures.join("\n\n")).toBe("");

  // Not one operation, and not one code that a request can reach, was left out.
  if (SEED === 1 && COUNT >= 20_000) {
    const unserved = operations
      .filter(({ id }) => ![...(byOperation.get(id)?.keys() ?? [])].some((status) => status < 300))
      .map(({ id }) => id);
    expect(unserved).toEqual([]);
    expect([...catalogue.keys()].filter((code) => !codes.has(code) && !UNREACHABLE.includes(code))).toEqual([]);
  }
  await sandbox.doctor();
  await sandbox.close();
});

function report(byOperation: ReadonlyMap<string, ReadonlyMap<number, number>>, codes: ReadonlyMap<string, number>): void {
  const list = (counts: ReadonlyMap<number | string, number>) =>
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} × ${count}`)
      .join("  ");
  const total = new Map<number, number>();
  for (const statuses of byOperation.values()) for (const [status, count] of statuses) total.set(status, (total.get(status) ?? 0) + count);
  const rows = [...byOperation].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, statuses]) => `${id.padEnd(22)} ${list(statuses)}`);
  console.log([...rows, `${"all".padEnd(22)} ${list(total)}`, list(codes)].join("\n"));
}
