/** `--fsync`: nothing leaves the process before the line that it follows from is on disk. */
import { get as httpGet } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createSandbox } from "../../emulator/sandbox.ts";
import type { Sandbox } from "../../emulator/sandbox-api.ts";
import { api, newUser, person, refusal } from "../support/client.ts";
import { FaultyDisk } from "../support/faulty-disk.ts";
import { newFolder } from "../support/folder.ts";
import { Receiver } from "../support/receiver.ts";

let disk: FaultyDisk;
let sandbox: Sandbox;
let origin: string;
let rpc: string;
let receiver: Receiver;
let ada: { id: string };
let etag: string;
beforeEach(async () => {
  disk = new FaultyDisk();
  disk.flushAll();
  receiver = await Receiver.open();
  sandbox = await createSandbox({ dataDir: join(newFolder(), "data"), fsync: true }, { disk });
  origin = await sandbox.listen();
  rpc = await sandbox.listenRpc();
  ada = await newUser(client());
  etag = (await client().get(`/users/${ada.id}`)).headers.etag as string;
});
afterEach(async () => {
  disk.flushAll();
  await sandbox.close().catch(() => {});
  await receiver.close();
});

const client = () => api(sandbox.app, sandbox.apiKey);
/** A request of the API or the control plane that is answered when it resolves; `show` says what it was answered. */
async function fetched(path: string, init: RequestInit = {}): Promise<number> {
  const headers = {
    Authorization: `Bearer ${sandbox.apiKey}`,
    ...(init.body ? { "Content-Type": "application/json" } : {}),
    ...init.headers,
  };
  const response = await fetch(`${origin}${path}`, { ...init, headers });
  await response.text();
  return response.status;
}
const posted = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetched(path, { method: "POST", body: JSON.stringify(body), headers });
const asked = async (method: string, ...params: unknown[]) =>
  (await fetch(rpc, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) })).json();

/** What a subscriber to new blocks is told. */
async function subscriber(heard: string[]): Promise<() => void> {
  const socket = new WebSocket(rpc.replace("http", "ws"));
  await new Promise((resolve) => socket.on("open", resolve));
  for (const kind of ["newHeads", "newPendingTransactions"]) {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: kind, method: "eth_subscribe", params: [kind] }));
    await new Promise((resolve) => socket.once("message", resolve));
  }
  socket.on("message", () => heard.push("a JSON-RPC subscription"));
  return () => socket.terminate();
}
/** What a stream of events says after its first message. */
async function stream(heard: string[], name: string): Promise<() => void> {
  const response = await new Promise<import("node:http").IncomingMessage>((resolve) =>
    httpGet(`${origin}/_sandbox/events?kinds=event`, resolve),
  );
  response.on("error", () => {});
  await new Promise((resolve) => response.once("data", resolve));
  response.on("data", () => heard.push(name));
  return () => response.destroy();
}

it("a flush is held for two seconds, and everything is silent meanwhile", async () => {
  await client().post("/webhook-endpoints", { url: receiver.url }).expect(201);
  const heard: string[] = [];
  const ends = [await subscriber(heard), await stream(heard, "an event stream")];
  const known = person();
  await posted("/v1/users", known, { "Idempotency-Key": "known" });
  const before = await (asked("eth_blockNumber") as Promise<{ result: string }>);
  for (;;)
    if (
      await sandbox.webhooks.waitFor({ timeout: 50 }).then(
        () => false,
        () => true,
      )
    )
      break;

  await receiver.count(1);
  await sleep(100);
  heard.length = 0;
  disk.holdFlushes();
  const ben = person();
  const key = { "Idempotency-Key": "ben" };
  const writing: Promise<unknown>[] = [];
  const expectHeard = (name: string, promise: Promise<unknown>) => {
    writing.push(promise.then((answer) => heard.push(`${name}: ${JSON.stringify(answer)}`)));
  };
  expectHeard("a write", posted("/v1/users", ben, key));
  expectHeard("a transaction", posted("/v1/tokens/mint", { user_id: ada.id, amount: "5" }));
  while (disk.flushes.length === 0) await sleep(5);
  await sleep(100);
  // All of it is committed, and nothing is on disk.
  expectHeard(
    "waitFor",
    sandbox.webhooks.waitFor({ type: "user.created", timeout: 60_000 }).then(({ type }) => type),
  );
  expectHeard("a replay", posted("/v1/users", known, { "Idempotency-Key": "known" }));
  expectHeard("a repetition", posted("/v1/users", ben, key));
  expectHeard("a 409", posted("/v1/users", ben));
  expectHeard(
    "a 412",
    fetched(`/v1/users/${ada.id}`, {
      method: "PATCH",
      body: "{}",
      headers: { "If-Match": '"other"', "Content-Type": "application/merge-patch+json" },
    }),
  );
  expectHeard("a 304", fetched(`/v1/users/${ada.id}`, { headers: { "If-None-Match": etag } }));
  expectHeard("a read", fetched(`/v1/users/${ada.id}/balance`));
  expectHeard("a list", fetched("/v1/users"));
  expectHeard("a refused read", fetched("/v1/users/usr_00000000000000000000000000"));
  expectHeard("the request log", fetched("/_sandbox/requests"));
  expectHeard("the export", fetched("/_sandbox/export"));
  expectHeard("a snapshot", posted("/_sandbox/snapshots", { name: "here" }));
  expectHeard(
    "a new event stream",
    stream(heard, "never").then((end) => ends.push(end) > 0),
  );
  expectHeard("a block number", asked("eth_blockNumber"));
  expectHeard("a balance on the chain", asked("eth_getBalance", sandbox.accounts[0]?.address, "latest"));
  expectHeard("a filter's changes", asked("eth_newBlockFilter"));
  await sleep(2000);
  expect(heard).toEqual([]);
  expect(receiver.received).toHaveLength(1);
  // Whether the process lives, and serves, is said at once: a writer that waits for the disk so long may call itself busy.
  expect(await fetched("/_sandbox/health")).toBe(200);
  expect([200, 503]).toContain(await fetched("/_sandbox/ready"));

  disk.flushAll();
  await Promise.all(writing);
  await receiver.count(2);
  await sleep(50);
  const answers = heard.filter((each) => each.includes(":"));
  expect(answers.map((each) => each.replace(/: \{.*/, "")).toSorted()).toEqual(
    [
      ["a write", 201],
      ["a transaction", 201],
      ["waitFor", "user.created"],
      ["a replay", 201],
      ["a repetition", 409],
      ["a 409", 409],
      ["a 412", 412],
      ["a 304", 304],
      ["a read", 200],
      ["a list", 200],
      ["a refused read", 404],
      ["the request log", 200],
      ["the export", 200],
      ["a snapshot", 201],
      ["a new event stream", true],
    ]
      .map(([name, answer]) => `${name}: ${JSON.stringify(answer)}`)
      .concat("a block number", "a balance on the chain", "a filter's changes")
      .toSorted(),
  );
  expect(new Set(heard.filter((each) => !each.includes(":")))).toEqual(new Set(["a JSON-RPC subscription", "an event stream"]));
  const after = await (asked("eth_blockNumber") as Promise<{ result: string }>);
  expect(Number(after.result)).toBeGreaterThan(Number(before.result));
  for (const end of ends) end();
}, 20_000);

it("a slow answer does not begin before the disk has what it follows from", async () => {
  sandbox.faults.add({ operationId: "listUsers", connection: "slow", latency_ms: 20, bytes_per_second: 100_000 });
  disk.holdFlushes();
  const writing = posted("/v1/users", person());
  while (disk.flushes.length === 0) await sleep(5);
  let began = false;
  const reading = new Promise<void>((resolve) =>
    httpGet(`${origin}/v1/users`, { headers: { Authorization: `Bearer ${sandbox.apiKey}` } }, (response) => {
      began = true;
      response.resume().on("end", resolve);
    }),
  );
  await sleep(150);
  expect(began).toBe(false);
  disk.flushAll();
  await Promise.all([writing, reading]);
});

it("once a flush has failed nothing of the state is shown", async () => {
  disk.holdFlushes();
  const writing = client().post("/users", person()).expect(refusal("STORAGE_UNAVAILABLE"));
  const answered = Promise.resolve(writing);
  while (disk.flushes.length === 0) await sleep(5);
  const reading = Promise.resolve(client().get(`/users/${ada.id}`).expect(refusal("INTERNAL_ERROR")));
  await sleep(20);
  disk.flushed(Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" }));
  const [, read] = await Promise.all([answered, reading]);
  expect(read.headers.etag).toBeUndefined();
  disk.flushAll();
  await client().get("/users").expect(refusal("INTERNAL_ERROR"));
  await client().post("/users", person()).expect(refusal("STORAGE_UNAVAILABLE"));
  expect(await asked("eth_blockNumber")).toMatchObject({ error: { data: { code: "STORAGE_UNAVAILABLE" } } });
  expect(await fetched("/_sandbox/health")).toBe(200);
  expect(await fetched("/_sandbox/ready")).toBe(503);
});

it("what a start finds is shown once the disk has it: a killed process may have left it unflushed", async () => {
  const { data_dir } = sandbox.info();
  await client().post("/webhook-endpoints", { url: receiver.url }).expect(201);
  await sandbox.close();
  const held = new FaultyDisk();
  sandbox = await createSandbox({ dataDir: data_dir as string, fsync: true }, { disk: held });
  let answered = false;
  const reading = Promise.resolve(client().get(`/users/${ada.id}`).expect(200)).then(() => {
    answered = true;
  });
  await sleep(100);
  expect(answered).toBe(false);
  held.flushAll();
  await reading;
});
