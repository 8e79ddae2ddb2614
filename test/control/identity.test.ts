/** The identity of a sandbox: stable over restarts, and different for two that look the same. */
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import request from "supertest";
import { expect, it } from "vitest";
import { createSandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { world } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";
import { served } from "../support/served.ts";

const KEPT = fileURLToPath(new URL("../engine/kept/folders/format-2/", import.meta.url));

/** The identity of a sandbox that is opened, and closed again. */
async function idOf(options: SandboxOptions): Promise<string> {
  const sandbox = await createSandbox(options);
  const id = sandbox.info().sandbox_id;
  await sandbox.close();
  return id;
}

/** A folder with the journal and the records of another. */
function copyOf(folder: string): string {
  const copy = newFolder();
  for (const file of ["journal.ndjson", "db.json"]) if (existsSync(join(folder, file))) cpSync(join(folder, file), join(copy, file));
  return copy;
}

it("begins with sbx_", async () => {
  expect(await idOf({})).toMatch(/^sbx_[0-9a-f]{26}$/);
});

it("two of the same seed are two, in memory and in folders", async () => {
  const [one, two] = [newFolder(), newFolder()];
  const ids = [
    await idOf({ seed: 1 }),
    await idOf({ seed: 1 }),
    await idOf({ seed: 1, dataDir: one }),
    await idOf({ seed: 1, dataDir: two }),
  ];
  expect(new Set(ids).size).toBe(4);
  // Though their journals are the same.
  expect(readFileSync(join(one, "journal.ndjson"), "utf8")).toBe(readFileSync(join(two, "journal.ndjson"), "utf8"));
});

it.each([
  ["a new folder", () => ({ dataDir: newFolder() })],
  ["a new folder with a seed", () => ({ dataDir: newFolder(), seed: 1 })],
  ["a folder of an earlier release", () => ({ dataDir: copyOf(KEPT) })],
])("%s stays the same over restarts; a copy of it is another one", async (_, optionsOf) => {
  const options = optionsOf();
  const id = await idOf(options);
  expect([await idOf(options), await idOf(options)]).toEqual([id, id]);
  expect(await idOf({ dataDir: copyOf(options.dataDir) })).not.toBe(id);
});

it("an import keeps it, and so do reset and restore", async () => {
  const dataDir = newFolder();
  const sandbox = await createSandbox({ dataDir });
  const { sandbox_id } = sandbox.info();
  await sandbox.import(await sandbox.export());
  await (await sandbox.snapshot("here")).restore();
  await sandbox.reset();
  expect(sandbox.info().sandbox_id).toBe(sandbox_id);
  await sandbox.close();
  expect(await idOf({ dataDir })).toBe(sandbox_id);
});

it("--fresh makes another one of the folder", async () => {
  const dataDir = newFolder();
  expect(await idOf({ dataDir })).not.toBe(await idOf({ dataDir, fresh: true }));
});

it("is in info and in the lock, once there is an address to find it at", async () => {
  const dataDir = newFolder();
  const sandbox = await createSandbox({ dataDir });
  const lock = () => JSON.parse(readFileSync(join(dataDir, "lock"), "utf8"));
  expect(lock()).not.toHaveProperty("sandbox_id");
  await sandbox.listen();
  const { body } = await request(served(sandbox.app)).get("/_sandbox/info").expect(200);
  expect([body.data.sandbox_id, lock().sandbox_id]).toEqual([sandbox.info().sandbox_id, sandbox.info().sandbox_id]);
  await sandbox.close();
});

it("the API too refuses what is meant for another sandbox, and serves who does not say", async () => {
  const { sandbox, api } = await world();
  const user = { email: "ada@example.com", display_name: "Ada" };
  const send = (id: string) =>
    request(served(sandbox.app))
      .post("/v1/users")
      .set({ Authorization: `Bearer ${sandbox.apiKey}`, "Sandbox-Id": id })
      .send(user);
  const { status, body } = await send("sbx_00000000000000000000000000");
  expect([status, body.error.code]).toEqual([409, "SANDBOX_MISMATCH"]);
  expect((await api.get("/users").expect(200)).body.data.items).toEqual([]);
  await send(sandbox.info().sandbox_id).expect(201);
  await api.get("/users").expect(200);
  await sandbox.close();
});
