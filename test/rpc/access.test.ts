/** Which methods a page, a wallet and a program may call: reads and signed transactions, unlocked accounts, control. */
import { readFileSync } from "node:fs";
import { Wallet } from "ethers";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { Access } from "../../emulator/control/access/access.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import type { SandboxOptions } from "../../emulator/sandbox-api.ts";

const TOKEN = "a-control-token-for-tests";
const [BEARER, PAGE] = [{ Authorization: `Bearer ${TOKEN}` }, { Origin: "http://localhost:3000" }];

interface Answer {
  readonly result?: unknown;
  readonly error?: { code: number; message: string; data?: { code: string } };
}

async function open(options: SandboxOptions, host?: string) {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  const origin = await sandbox.listenRpc(host === undefined ? {} : { host });
  const from = sandbox.accounts[0] as (typeof sandbox.accounts)[number];
  const post = async (body: unknown, headers: Record<string, string> = {}) =>
    (await (await fetch(origin, { method: "POST", headers, body: JSON.stringify(body) })).json()) as Answer & Answer[];
  const raw = await new Wallet(from.privateKey).signTransaction({ chainId: 31337, to: from.address, gasLimit: 21_000, gasPrice: 10 ** 9 });
  const calls: Record<string, unknown> = {
    eth_getBalance: [from.address, "latest"],
    eth_sendRawTransaction: [raw],
    eth_accounts: [],
    eth_sendTransaction: [{ from: from.address, to: from.address }],
    personal_sign: ["0x00", from.address],
    eth_signTypedData_v4: [from.address, "{}"],
    evm_mine: [],
    evm_snapshot: [],
    hardhat_metadata: [],
  };
  const requests = Object.entries(calls).map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
  return { sandbox, origin, post, requests };
}

/** By method: its refusal for a reason of access, or null. */
const verdicts = (answers: readonly Answer[]) => answers.map(({ error }) => (error?.code === 4100 ? (error.data?.code ?? "?") : null));
const [READS, ACCOUNTS, CONTROL] = [2, 4, 3];
const expected = (accounts: string | null, control: string | null) => [
  ...Array(READS).fill(null),
  ...Array(ACCOUNTS).fill(accounts),
  ...Array(CONTROL).fill(control),
];
const [T, O] = ["AUTHENTICATION_REQUIRED", "ORIGIN_NOT_ALLOWED"];

it.each<[string, SandboxOptions, string | undefined, Record<string, string>, (string | null)[]]>([
  ["a program on loopback", {}, undefined, {}, expected(null, null)],
  ["a page of this machine", {}, undefined, PAGE, expected(null, O)],
  ["a page of this machine with the token", { controlToken: TOKEN }, undefined, { ...PAGE, ...BEARER }, expected(null, O)],
  ["a program on loopback, without the token", { controlToken: TOKEN }, undefined, {}, expected(null, T)],
  ["a program on loopback, with it", { controlToken: TOKEN }, undefined, BEARER, expected(null, null)],
  ["a program beyond loopback, without the token", { controlToken: TOKEN }, "0.0.0.0", {}, expected(T, T)],
  ["a page beyond loopback, without the token", { controlToken: TOKEN }, "0.0.0.0", PAGE, expected(T, O)],
  ["a program beyond loopback, with it", { controlToken: TOKEN }, "0.0.0.0", BEARER, expected(null, null)],
])("%s", async (_who, options, host, headers, all) => {
  const { post, requests, origin, sandbox } = await open(options, host);
  const before = sandbox.info().chain.block_number;
  expect(verdicts(await post(requests, headers))).toEqual(all);
  // The raw transaction, and with the account's and with control one block more each.
  const blocks = 1 + all.filter((each, i) => each === null && [3, 6].includes(i)).length;
  expect(sandbox.info().chain.block_number - before).toBe(blocks);

  const socket = new WebSocket(origin.replace("http", "ws"), { headers });
  onTestFinished(() => socket.terminate());
  const answered = new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));
  socket.once("open", () => socket.send(JSON.stringify(requests)));
  expect(verdicts(JSON.parse(await answered))).toEqual(all);
});

it("a refusal says what to do", async () => {
  const { post } = await open({ controlToken: TOKEN }, "0.0.0.0");
  const mine = { jsonrpc: "2.0", id: 1, method: "evm_mine" };
  expect((await post(mine)).error?.message).toBe(
    "The method evm_mine needs the control token: send `Authorization: Bearer TOKEN` with the value of --control-token.",
  );
  expect((await post(mine, { ...BEARER, ...PAGE })).error?.message).toMatch(/http:\/\/localhost:3000 .*evm_mine.*--public-url/);
});

/** Methods as the sources name them, so that a new one is in here by itself. */
const METHODS = ["blocks", "filters", "reads", "subscriptions", "time", "transactions", "tx-pool"].flatMap((file) => {
  const text = readFileSync(new URL(`../../emulator/rpc/${file}.ts`, import.meta.url), "utf8");
  const name = "(?:debug|eth|evm|hardhat|net|personal|txpool|web3)_\\w+";
  return [...text.matchAll(new RegExp(`"(${name})"|^ +(?:async )?(${name})[:(]`, "gm"))].map(
    ([, quoted, key]) => (quoted ?? key) as string,
  );
});

describe("every method that is served is one of three kinds", () => {
  const access = new Access({ controlToken: TOKEN });
  const kindOf = (method: string) =>
    access.rpcMethod(method, {}, false) === null ? "open" : access.rpcMethod(method, {}, true) === null ? "account" : "control";
  const ACCOUNT = ["eth_accounts", "eth_sendTransaction", "eth_sign", "eth_signTransaction", "eth_signTypedData_v4", "personal_sign"];

  it("these are the methods", () => {
    expect(METHODS).toEqual(expect.arrayContaining([...ACCOUNT, "eth_sendRawTransaction", "eth_call", "debug_traceCall", "eth_subscribe"]));
    expect(METHODS.length).toBeGreaterThan(50);
  });
  it.each([...new Set(METHODS)])("%s", (method) => {
    const expected = ACCOUNT.includes(method) ? "account" : /^(evm|hardhat)_/.test(method) ? "control" : "open";
    expect(kindOf(method)).toBe(expected);
  });
  it.each(["anvil_mine", "debug_setHead", "miner_start", "admin_addPeer", "somethingNew", ""])(
    "%j, which nobody has thought of, is control",
    (method) => expect(kindOf(method)).toBe("control"),
  );
});
