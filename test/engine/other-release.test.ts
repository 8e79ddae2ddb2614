/** Across releases hashes may differ, balances may not. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeLine, encodeLine, type HeaderLine, type JournalLine } from "../../emulator/engine/journal-line.ts";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";

let dir: string;

beforeEach(async () => {
  dir = newFolder();
  const sandbox = await createSandbox({ dataDir: dir, publicUrl: "https://badges.example/v1" });
  const post = (path: string, body: object) =>
    request(sandbox.app).post(`/v1${path}`).set("Authorization", `Bearer ${sandbox.apiKey}`).send(body).expect(201);
  const user = await post("/users", { email: "ada@example.com", display_name: "Ada" });
  await post("/tokens/mint", { user_id: user.body.data.id, amount: "5" });
  await sandbox.close();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Rewrites the journal as another release would have: the checksums are right. */
function rewrite(change: (text: string) => string): void {
  const file = join(dir, "journal.ndjson");
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const changed = lines.map((line) => encodeLine(JSON.parse(change(JSON.stringify(decodeLine(line)))) as JournalLine));
  writeFileSync(file, `${changed.join("\n")}\n`);
}

const FIVE = (5n * 10n ** 18n).toString(16).padStart(64, "0");
const SEVEN = (7n * 10n ** 18n).toString(16).padStart(64, "0");

it("other gas gives other hashes and the same balances: it starts, and says so", async () => {
  rewrite((text) => text.replaceAll('"gas":1000000', '"gas":999999'));
  const sandbox = await createSandbox({ dataDir: dir });
  expect(sandbox.notices.join()).toMatch(/other hashes/);
  await sandbox.close();
});

it("a history that gives other balances is refused", async () => {
  rewrite((text) => text.replaceAll(FIVE, SEVEN));
  await expect(createSandbox({ dataDir: dir })).rejects.toMatchObject({ name: "StorageDamaged" });
});

it("a history that the chain refuses is said to be one", async () => {
  rewrite((text) => text.replaceAll('"gas":1000000', '"gas":99000000'));
  const refused = await createSandbox({ dataDir: dir }).catch((error) => error);
  expect(refused).toMatchObject({ name: "StorageDamaged", message: expect.stringMatching(/its chain cannot be made again: .*gas/) });
});

describe("the chain is made from the journal's header", () => {
  /** A text as the compiler writes it into the code: shifted right by the zero bit that it ends in. */
  const inCode = (text: string) => (BigInt(`0x${Buffer.from(text).toString("hex")}`) >> 1n).toString(16);
  const tokenOf = async (sandbox: Sandbox) =>
    (await request(sandbox.app).get("/v1/tokens").set("Authorization", `Bearer ${sandbox.apiKey}`).expect(200)).body.data;

  it("with its rules, not those of a new chain", async () => {
    rewrite((text) => text.replace(/"block_gas_limit":\d+/, '"block_gas_limit":54321000'));
    await using sandbox = await createSandbox({ dataDir: dir });
    const rpc = await sandbox.listenRpc();
    const body = { jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params: ["latest", false] };
    const answer = await fetch(rpc, { method: "POST", body: JSON.stringify(body) });
    const { result } = (await answer.json()) as { result: { gasLimit: string } };
    expect(Number(result.gasLimit)).toBe(54_321_000);
  });

  it("with the contracts that were deployed then, which may be older than this release's", async () => {
    rewrite((text) => text.replaceAll(inCode("GetSmart Token"), inCode("GetSmort Token")));
    await using sandbox = await createSandbox({ dataDir: dir });
    expect(await tokenOf(sandbox)).toMatchObject({ name: "GetSmort Token", total_supply: "5" });
  });

  it("with the public URL that it was made with", async () => {
    const header = decodeLine(readFileSync(join(dir, "journal.ndjson"), "utf8").split("\n")[0] as string);
    expect(header).toMatchObject({ rules: { hardfork: "osaka", external_base: "https://badges.example/v1" } });
  });

  it.each([
    ["contracts", (text: string) => text.replace(/"contracts":"[^"]+"/, '"contracts":"sha256:ff"'), /contracts sha256:ff/],
    ["a hardfork", (text: string) => text.replace('"hardfork":"osaka"', '"hardfork":"amsterdam"'), /hardfork amsterdam/],
  ])("%s that this release does not know: refused, and said", async (_, change, said) => {
    rewrite(change);
    const refused = await createSandbox({ dataDir: dir }).catch((error) => error);
    expect(refused).toMatchObject({ name: "DataUnsupported", code: "DATA_UNSUPPORTED", message: expect.stringMatching(said) });
  });
});

it("an import is a chain by the rules of the folder, and so is each later start", async () => {
  const folder = newFolder();
  const exported = await (async () => {
    await using other = await createSandbox({ dataDir: dir });
    return await other.export();
  })();
  const rulesOf = () => (decodeLine(readFileSync(join(folder, "journal.ndjson"), "utf8").split("\n")[0] as string) as HeaderLine).rules;
  const made = await createSandbox({ dataDir: folder, baseFee: 0, publicUrl: "https://own.example/v1" });
  const rules = rulesOf();
  expect(rules).toMatchObject({ base_fee: 0, external_base: "https://own.example/v1" });
  await made.import(exported);
  await made.close();
  expect(rulesOf()).toEqual(rules);
  await using after = await createSandbox({ dataDir: folder });
  expect(after.notices.filter((notice) => notice.includes("hashes"))).toEqual([]);
  const rpc = await after.listenRpc();
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params: ["latest", false] });
  const { result } = (await (await fetch(rpc, { method: "POST", body })).json()) as { result: { baseFeePerGas: string } };
  expect(Number(result.baseFeePerGas)).toBe(0);
  await after.doctor();
});

describe("the public URL", () => {
  const URL = "https://badges.example/v1";

  it("of the first start goes on; another one is in answers, and it is said what the chain keeps", async () => {
    for (const [publicUrl, said] of [
      [undefined, []],
      [URL, []],
      ["https://elsewhere.example/v1", [expect.stringMatching(/^The badges on the chain name https:\/\/badges\.example\/v1,/)]],
    ] as const) {
      await using sandbox = await createSandbox({ dataDir: dir, ...(publicUrl ? { publicUrl } : {}) });
      expect(sandbox.notices.filter((notice) => notice.includes("badges"))).toEqual(said);
      const found = await request(sandbox.app).get("/v1/issuer").set("Authorization", `Bearer ${sandbox.apiKey}`);
      expect(JSON.stringify(found.body)).toContain(publicUrl ?? URL);
    }
  });

  it("is refused when it is none", async () => {
    const refused = createSandbox({ publicUrl: 'https://badges.example/"/v1' });
    await expect(refused).rejects.toMatchObject({ code: "INVALID_REQUEST", param: "publicUrl" });
  });
});
