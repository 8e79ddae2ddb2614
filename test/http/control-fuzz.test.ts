/**
 * Requests to the control plane made from its document, most of them wrong: no 5xx, no answer that the document does not describe, no answer
 * over 16 MB, none that holds the event loop over 100 ms, and a refused request changes nothing. FUZZ_SEED and FUZZ_COUNT choose other
 * requests and more of them.
 */
import { Agent, request } from "node:http";
import { expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";
import { type Answer, controlAnswers } from "../support/answers.ts";
import { api } from "../support/client.ts";
import { control } from "../support/contract.ts";
import { setting } from "../support/depth.ts";
import { Random } from "../support/random.ts";
import { ControlRequests } from "./fuzz/control-requests.ts";
import { sendTimed } from "./fuzz/held.ts";
import { Pool } from "./fuzz/pool.ts";
import type { FuzzRequest } from "./fuzz/requests.ts";
import { setStage } from "./fuzz/stage.ts";
import { Values } from "./fuzz/values.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 1);
const COUNT = setting("FUZZ_COUNT", { short: 500, deep: 20_000 });

/** Codes that need more than a request. */
const UNREACHABLE = [
  ...[
    "ROUTE_NOT_FOUND",
    "AUTHENTICATION_REQUIRED",
    "HTTPS_REQUIRED",
    "SANDBOX_RESET",
    "SNAPSHOT_LIMIT",
    "FAULT_LIMIT",
    "EXPORT_NOT_POSSIBLE",
    "STREAM_LIMIT",
    "INTERNAL_ERROR",
  ],
  ...["CHAIN_UNAVAILABLE", "STORAGE_UNAVAILABLE"],
];

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** A stream is left after its first message. */
function send(origin: string, { operation, method, url, headers, body }: FuzzRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = body === null ? headers : { ...headers, "content-length": String(body.length) };
    const { hostname, port } = new URL(origin);
    const call = request({ hostname, port, method, path: url, headers: sent, agent }, (res) => {
      const chunks: Buffer[] = [];
      const done = () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text: Buffer.concat(chunks).toString() });
      res.on("data", (chunk) => {
        chunks.push(chunk);
        if (!isStream(operation.id, res.statusCode)) return;
        done();
        res.destroy();
      });
      res.on("end", done);
      res.on("error", (error) => (isStream(operation.id, res.statusCode) ? done() : reject(error)));
    });
    call.on("error", (error) => reject(new Error(`${error.message}: ${method} ${url.slice(0, 300)}`)));
    call.end(body ?? undefined);
  });
}

function isStream(id: string, status: number | undefined): boolean {
  return id === "streamEvents" && status === 200;
}

/** What a refused request must leave as it was. */
function stateOf({ clock, faults, snapshots, keys, info, requests, webhooks, limits }: Sandbox): string {
  const { chain } = info();
  const { now, mode } = clock.show();
  return JSON.stringify([
    mode === "frozen" ? now : mode,
    faults.list(),
    snapshots(),
    keys.list({ limit: 5 }),
    chain.block_number,
    requests.count({ status: 200 }),
    webhooks.show(),
    limits.show(keys.list().items[0]?.id as string)?.map(({ policy, r }) => [policy.name, r]),
  ]);
}

it(`${COUNT} requests of seed ${SEED}`, { timeout: Math.max(120_000, COUNT * 20) }, async () => {
  const sandbox = await createSandbox({ seed: SEED });
  const client = api(sandbox.app, sandbox.apiKey);
  const random = new Random(SEED);
  const pool = new Pool(random, []);
  await setStage(client, sandbox, pool);
  const origin = await sandbox.listen();
  const requests = new ControlRequests(random, new Values(random, pool, control), pool, await sandbox.export());
  const statuses = new Map<string, Set<number>>();
  const codes = new Set<string>();
  const failures: string[] = [];
  for (let index = 0; index < COUNT && failures.length < 5; index++) {
    const sent = requests.next();
    const before = stateOf(sandbox);
    const { answer, problems: costs } = await sendTimed(() => send(origin, sent));
    const problems = [
      ...(answer.status >= 500 ? [`status ${answer.status}`] : []),
      ...controlAnswers.problemsOf(sent.method, sent.url, answer),
      ...costs,
      ...(answer.status >= 400 && stateOf(sandbox) !== before ? [`a refusal changed something: ${before} ${stateOf(sandbox)}`] : []),
    ];
    if (problems.length > 0) {
      const { method, url, headers, body } = sent;
      failures.push(
        `#${index} ${method} ${url.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)}\n${body?.toString().slice(0, 300)}\n${problems.join("\n")}`,
      );
    }
    const met = statuses.get(sent.operation.id) ?? new Set();
    statuses.set(sent.operation.id, met.add(answer.status));
    learn(answer, sent, pool, codes);
  }
  agent.destroy();
  expect(failures.join("\n\n")).toBe("");

  // Not one operation, and not one code that a request can reach, was left out.
  if (SEED === 1 && COUNT >= 20_000) {
    const unserved = control.operations
      .filter(({ id }) => ![...(statuses.get(id) ?? [])].some((status) => status < 300))
      .map(({ id }) => id);
    expect(unserved).toEqual([]);
    expect([...control.catalogue.keys()].filter((code) => !codes.has(code) && !UNREACHABLE.includes(code))).toEqual([]);
  }
  await sandbox.doctor();
  await sandbox.close();
});

/** Names and ids that an answer shows, for later requests. */
function learn({ text, headers }: Answer, { operation }: FuzzRequest, pool: Pool, codes: Set<string>): void {
  pool.keep("req", String(headers["request-id"]));
  if (!text.startsWith('{"status":')) return;
  const body = JSON.parse(text);
  if (body.status === "error") {
    codes.add(body.error.code);
    return;
  }
  pool.learn(body, undefined);
  const { data } = body;
  for (const item of [data, ...(Array.isArray(data?.items) ? data.items.slice(0, 3) : [])]) {
    if (typeof item?.request_id === "string") pool.keep("req", item.request_id);
    if (typeof item?.name === "string" && operation.tag === "State") pool.keep("name", encodeURIComponent(item.name));
  }
}
