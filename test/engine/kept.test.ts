/** Data made since the format was frozen opens for good, and goes on: kept folders of earlier releases, and one made now. */
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";
import { keptClient } from "./kept/client.ts";
import { outlineOf, stateOf } from "./kept/state.ts";
import { type Kept, makeKept } from "./kept/story.ts";

const FOLDERS = fileURLToPath(new URL("./kept/folders/", import.meta.url));
const NAMES = existsSync(FOLDERS) ? readdirSync(FOLDERS) : [];

describe.each(["made now", ...NAMES])("%s", (name) => {
  let folder: string;
  let kept: Kept;
  beforeAll(async () => {
    folder = NAMES.includes(name) ? join(FOLDERS, name) : newFolder();
    if (!NAMES.includes(name)) await makeKept(newFolder(), folder);
    kept = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  });

  /** Opens a copy: a kept folder stays as it is. */
  async function open(dataDir = newFolder()) {
    for (const file of ["journal.ndjson", "db.json"]) if (!existsSync(join(dataDir, file))) cpSync(join(folder, file), join(dataDir, file));
    const sandbox: Sandbox = await createSandbox({ dataDir });
    return { sandbox, dataDir, client: await keptClient(sandbox) };
  }

  it("opens as it was, to the block's hash", async () => {
    const { sandbox, client } = await open();
    expect(sandbox.notices).toEqual(["Quotas were cleared by the restart."]);
    expect(await stateOf(client)).toMatchObject(kept.state);
    await sandbox.doctor();
    await sandbox.close();
  });

  it("goes back to each of its positions, also to those off the way, and to the fixture", async () => {
    const { sandbox, client } = await open();
    for (const [position, state] of Object.entries(kept.at)) {
      await (position === "" ? sandbox.reset() : sandbox.restore(position));
      expect(outlineOf(await stateOf(client)), position).toMatchObject(state);
      await sandbox.doctor();
    }
    await sandbox.close();
  });

  it("goes on: what waited is mined, awards are claimed and revoked, and all is there after another restart", async () => {
    const { sandbox, client, dataDir } = await open();
    const { key, body, id } = kept.idempotent;
    expect((await client.post("/tokens/mint", body, key)).id).toBe(id);

    await client.rpc("eth_sendRawTransaction", kept.gap);
    expect(await client.rpc("eth_getTransactionReceipt", kept.waiting)).toMatchObject({ status: "0x1" });
    expect(await client.get(`/tokens/transactions/${kept.pending}`)).toMatchObject({ status: "confirmed" });

    expect(await client.post(`/awards/${kept.claimable}/claim`)).toMatchObject({ status: "claimed" });
    const { gets_id } = await client.post(`/awards/${kept.revocable}/revoke`, { reason: "It was a mistake." });
    expect(await client.get(`/verify/${gets_id}`)).toMatchObject({ status: "revoked" });
    await client.post("/tokens/mint", { user_id: (await client.all("/users")).find(({ status }) => status === "active").id, amount: "1" });
    await sandbox.doctor();
    const state = await stateOf(client);
    await sandbox.close();

    const after = await open(dataDir);
    expect(await stateOf(after.client)).toEqual(state);
    await after.sandbox.doctor();
    await after.sandbox.close();
  });
});
