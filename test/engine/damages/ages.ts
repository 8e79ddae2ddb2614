import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import request from "supertest";
import { createSandbox, type Sandbox } from "../../../emulator/sandbox.ts";
import { newFolder } from "../../support/folder.ts";

/** Files of a data folder, by name. */
export type Files = Readonly<Record<string, Buffer>>;

/** A data folder at some time of its life, as it is found by the next start. */
export interface Age {
  readonly name: string;
  readonly files: Files;
  /** What it opens to. */
  readonly state: string;
  /** What it opened to when its journal was shorter: an earlier kill would have left that. */
  readonly earlier: ReadonlySet<string>;
}

/** A life with stops, kills, snapshots and branches; a folder is taken after each chapter. */
export async function livedAges(): Promise<readonly Age[]> {
  const dir = newFolder();
  const ages: Age[] = [];
  let earlier = new Set<string>();
  let sandbox = await createSandbox({ dataDir: dir, seed: 1 });
  let made = 0;
  const note = async () => void earlier.add(await stateOf(sandbox));
  const live = async () => {
    const id = await post(sandbox, "/users", { email: `user${++made}@example.com`, display_name: `User ${made}` });
    await note();
    await post(sandbox, "/tokens/mint", { user_id: id, amount: "5" });
    await note();
  };
  const snapshot = async (name: string) => {
    await sandbox.snapshot(name);
    await note();
  };
  const restore = async (name: string) => {
    await sandbox.restore(name);
    await note();
  };
  const stop = async () => {
    await sandbox.close();
    earlier = new Set();
  };
  const start = async () => {
    sandbox = await createSandbox({ dataDir: dir, seed: 1 });
    await note();
  };
  const keep = async (name: string) => ages.push({ name, files: filesOf(dir), state: await stateOf(sandbox), earlier: new Set(earlier) });
  const keepStopped = async (name: string) => {
    const state = await stateOf(sandbox);
    await stop();
    ages.push({ name, files: filesOf(dir), state, earlier: new Set() });
  };

  await note();
  await live();
  await live();
  await keep("fresh, killed");
  await keepStopped("stopped once");
  await start();
  await live();
  await snapshot("a");
  await live();
  await keep("stopped once, used, killed");
  await snapshot("b");
  await restore("a");
  await live();
  await snapshot("c");
  await keepStopped("stopped twice, with branches");
  await start();
  await restore("b");
  await live();
  await sandbox.deleteSnapshot("c");
  await keep("stopped twice, moved between branches, killed");
  await keepStopped("stopped three times");
  return ages;
}

/** Everything that a start can lead to: all that is exported, the chain's height, and the same of every snapshot. */
export async function stateOf(sandbox: Sandbox): Promise<string> {
  const names = sandbox.snapshots().map(({ name, at }) => `${name} ${at}`);
  return JSON.stringify([await sandbox.export(), sandbox.info().chain.block_number, names]);
}

/** States of every named snapshot too; the sandbox is at the last of them afterwards. */
export async function statesOf(sandbox: Sandbox): Promise<string> {
  const states = [await stateOf(sandbox)];
  for (const { name } of sandbox.snapshots()) {
    await sandbox.restore(name);
    states.push(await stateOf(sandbox));
  }
  await sandbox.reset();
  return [...states, await stateOf(sandbox)].join("\n");
}

export function filesOf(dir: string): Files {
  const names = readdirSync(dir).filter((name) => name !== "lock");
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name))]));
}

async function post(sandbox: Sandbox, path: string, body: object): Promise<string> {
  const call = request(sandbox.app).post(`/v1${path}`).set("Authorization", `Bearer ${sandbox.apiKey}`).send(body);
  return (await call.expect(201)).body.data.id;
}
