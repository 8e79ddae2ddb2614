/**
 * Deaths in windows too narrow to be hit by chance: the files are laid out as a kill between two steps leaves them, and the
 * sandbox must start with all that was answered.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";

const home = newFolder();
afterAll(() => rmSync(home, { recursive: true }));

/** A folder at rest: named files of it, by name. */
type Files = Readonly<Record<string, Buffer>>;
interface Compaction {
  /** Killed before the stop began, and after it ended. */
  readonly before: Files;
  readonly after: Files;
  readonly state: unknown;
}

/** A first compaction (no db.json yet) and a second one, of a folder with a branch that was left. */
const compactions: Compaction[] = [];

beforeAll(async () => {
  const dir = join(home, "origin");
  for (const round of ["first", "second"]) {
    const sandbox = await createSandbox({ dataDir: dir });
    const id = await createUser(sandbox, `${round}@example.com`);
    await mint(sandbox, id, "5");
    const snapshot = await sandbox.snapshot();
    await mint(sandbox, id, "7");
    await snapshot.restore();
    await mint(sandbox, id, "1.000000000000000001");
    const [before, state] = [filesOf(dir), await stateOf(sandbox)];
    await sandbox.close();
    compactions.push({ before, after: filesOf(dir), state });
  }
});

describe.each(["first", "second"])("killed inside the %s compaction", (which) => {
  const windows: Record<string, (files: Compaction) => Record<string, Buffer>> = {
    "while db.json is staged": ({ before, after }) => ({ ...before, "db.json.next": half(after["db.json"]) }),
    "when db.json is staged": ({ before, after }) => ({ ...before, "db.json.next": whole(after["db.json"]) }),
    "while the new journal is written": ({ before, after }) => ({
      ...before,
      "db.json.next": whole(after["db.json"]),
      "journal.ndjson.next": half(after["journal.ndjson"]),
    }),
    "when the new journal is written": ({ before, after }) => ({
      ...before,
      "db.json.next": whole(after["db.json"]),
      "journal.ndjson.next": whole(after["journal.ndjson"]),
    }),
    "when the journal is renamed, and db.json is not": ({ before, after }) => ({
      ...before,
      "db.json.next": whole(after["db.json"]),
      "journal.ndjson": whole(after["journal.ndjson"]),
    }),
    "when all is done": ({ after }) => after,
  };
  for (const [window, layOut] of Object.entries(windows)) {
    it(window, async () => {
      const compaction = compactions[which === "first" ? 0 : 1] as Compaction;
      const dir = folderWith(layOut(compaction));
      for (let restart = 0; restart < 2; restart++) {
        await using sandbox = await createSandbox({ dataDir: dir });
        expect(await stateOf(sandbox)).toEqual(compaction.state);
        await sandbox.doctor();
      }
    });
  }
});

it("killed while a line is written: what was answered before is there, the torn line is not", async () => {
  const { before, state } = compactions[0] as Compaction;
  const journal = whole(before["journal.ndjson"]);
  const line = `${JSON.stringify({ v: 2, kind: "unit", seq: 99, at: 0, request_id: null, records: {} })}\n`;
  for (const cut of [1, 2, 17, line.length - 1]) {
    await using sandbox = await createSandbox({
      dataDir: folderWith({ ...before, "journal.ndjson": Buffer.concat([journal, Buffer.from(line.slice(0, cut))]) }),
    });
    expect(await stateOf(sandbox)).toEqual(state);
    expect(sandbox.notices.join()).toContain("torn");
  }
});

it("killed inside --fresh, when only the journal was set aside: the next start begins anew, and so do those after it", async () => {
  const { after } = compactions[0] as Compaction;
  const dir = folderWith({ "db.json": whole(after["db.json"]) });
  const first = await createSandbox({ dataDir: dir });
  const id = await createUser(first, "new@example.com");
  const killed = folderWith(filesOf(dir));
  await first.close();
  await using second = await createSandbox({ dataDir: killed });
  expect(JSON.stringify(await stateOf(second))).toContain(id);
});

async function call(sandbox: Sandbox, path: string, body?: unknown) {
  const origin = await (origins.get(sandbox) ?? origins.set(sandbox, sandbox.listen()).get(sandbox));
  const headers = { Authorization: `Bearer ${sandbox.apiKey}`, "Content-Type": "application/json" };
  const response = await fetch(`${origin}/v1${path}`, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
  const answer = (await response.json()) as { data: { id: string } };
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer.data;
}
const origins = new WeakMap<Sandbox, Promise<string>>();

async function createUser(sandbox: Sandbox, email: string): Promise<string> {
  return (await call(sandbox, "/users", { email, display_name: email })).id;
}

async function mint(sandbox: Sandbox, user_id: string, amount: string): Promise<void> {
  await call(sandbox, "/tokens/mint", { user_id, amount });
}

async function stateOf(sandbox: Sandbox): Promise<unknown> {
  return [await call(sandbox, "/users"), await call(sandbox, "/tokens/transactions"), await call(sandbox, "/events?limit=100")];
}

function filesOf(dir: string): Files {
  const names = ["journal.ndjson", "db.json"].filter((name) => existsSync(join(dir, name)));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name))]));
}

function folderWith(files: Files): string {
  const dir = mkdtempSync(join(home, "folder-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}

function whole(content: Buffer | undefined): Buffer {
  if (!content) throw new Error("the file is missing");
  return content;
}

function half(content: Buffer | undefined): Buffer {
  return whole(content).subarray(0, whole(content).length / 2);
}
