/** ARCHITECTURE.md, decision 4: across releases hashes may differ, balances may not. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import request from "supertest";
import { afterEach, beforeEach, expect, it } from "vitest";
import { decodeLine, encodeLine, type JournalLine } from "../../emulator/engine/journal-line.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";

let dir: string;

beforeEach(async () => {
  dir = newFolder();
  const sandbox = await createSandbox({ dataDir: dir });
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
