/** Folders of a format that this release does not read: refused before anything in them is changed, with the way out. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDataFolder } from "../../emulator/data-folder.ts";
import { encodeLine, FORMAT, type HeaderLine, type JournalLine } from "../../emulator/engine/journal-line.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import { api } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";
import { command } from "../support/processes.ts";

/** A folder as the last release before the freeze left it when it was killed: its chain's rules stand nowhere. */
function folderOfFormat(v: number): string {
  const dir = newFolder();
  const header = {
    ...{ v, kind: "header", generation: 2, base_seq: 1, last_seq: 1, chain_id: 31337, hardfork: "cancun", seed: "1", seeded: true },
    ...{ start: "2026-01-01T00:00:00.000Z", fixture: "empty", made_by: "0.0.9", n: 1 },
  } as unknown as HeaderLine;
  const line = { v, kind: "snapshot", seq: 1, at: 1767225600000, name: ".fixture", position: 0, n: 2 } as JournalLine;
  writeFileSync(join(dir, "journal.ndjson"), `${encodeLine(header)}\n${encodeLine(line)}\n{"v":${v},"kind":"un`);
  writeFileSync(join(dir, "db.json"), JSON.stringify({ format: v, generation: 2, seq: 1, records: {} }));
  return dir;
}

const contents = (dir: string) => Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), "utf8")]));

it.each([
  [1, /made by getsmart-sandbox 0\.0\.9 in data format 1.* `getsmart-sandbox export state\.yaml`.* `getsmart-sandbox import state\.yaml`/],
  [FORMAT + 1, /made by getsmart-sandbox 0\.0\.9 in data format \d+, which is newer/],
])("format %i is refused in one sentence, and the folder is as it was, also with --repair", async (format, sentence) => {
  const dir = folderOfFormat(format);
  const before = contents(dir);
  for (const repair of [false, true]) {
    const refused = await createSandbox({ dataDir: dir, repair }).catch((error) => error);
    expect(refused).toMatchObject({ name: "DataUnsupported", code: "DATA_UNSUPPORTED", message: expect.stringMatching(sentence) });
    expect(contents(dir)).toEqual(before);
  }
});

it("--fresh begins again in it, and keeps the old files", async () => {
  const dir = folderOfFormat(1);
  const { "journal.ndjson": journal, "db.json": db } = contents(dir);
  (await openDataFolder({ dir, fresh: true })).close();
  expect(contents(dir)).toEqual({ "journal.ndjson.old": journal, "db.json.old": db });
});

it("the command line ends with 2 and that sentence", async () => {
  const { code, stdout, stderr } = await command(["start", "--data-dir", folderOfFormat(1)], { cwd: newFolder() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^getsmart-sandbox: The data folder was made by [^\n]* export [^\n]*\n$/);
});

it("a header whose format was damaged is damage, not another format", async () => {
  const dir = folderOfFormat(FORMAT);
  const file = join(dir, "journal.ndjson");
  writeFileSync(file, readFileSync(file, "utf8").replace(`"v":${FORMAT}`, '"v":1'));
  await expect(openDataFolder({ dir })).rejects.toMatchObject({ name: "StorageDamaged", line: 1 });
});

it("`import` takes what the release before the freeze exported", async () => {
  await using sandbox = await createSandbox();
  const imported = await sandbox.import(readFileSync(new URL("./kept/export-of-format-1.yaml", import.meta.url), "utf8"));
  expect(imported).toMatchObject({ transactions: 5, records: { users: 2, awards: 1, transactions: 4 } });
  await sandbox.doctor();
  const client = api(sandbox.app, sandbox.apiKey);
  const [award] = (await client.get("/awards").expect(200)).body.data.items;
  expect(award).toMatchObject({ status: "revoked", revocation: { reason: "Wrong star." } });
});
