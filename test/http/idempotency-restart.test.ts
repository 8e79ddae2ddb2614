/** The record is written with the effect it belongs to, so neither a restart nor a kill makes a second one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEFAULT_KEY } from "../../emulator/services/keys.ts";
import { newUser, person, refusal, world } from "../support/client.ts";
import { DEEP } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";

let dataDir: string;
beforeEach(() => void (dataDir = newFolder()));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it("answers survive a restart: successes and refusals", async () => {
  const before = await world({ dataDir });
  const body = person();
  const first = await before.api.post("/users", body).set("Idempotency-Key", "a").expect(201);
  const refused = await before.api.post("/users", body).set("Idempotency-Key", "b").expect(refusal("EMAIL_ALREADY_EXISTS"));
  await before.sandbox.close();

  const after = await world({ dataDir });
  const again = await after.api.post("/users", body).set("Idempotency-Key", "a").expect(201);
  const still = await after.api.post("/users", body).set("Idempotency-Key", "b").expect(refusal("EMAIL_ALREADY_EXISTS"));
  expect([again.text, still.text]).toEqual([first.text, refused.text]);
  expect([again.headers["idempotent-replayed"], still.headers["idempotent-replayed"]]).toEqual(["true", "true"]);
  expect((await after.api.get("/users")).body.data.items).toHaveLength(1);
  await after.sandbox.close();
});

if (DEEP) {
  it("SIGKILL between effect and answer: the same key gets the result of the first", async () => {
    const before = await world({ dataDir });
    const user = await newUser(before.api);
    await before.sandbox.close();
    const body = { user_id: user.id, amount: "7" };

    const child = spawn(process.execPath, [fileURLToPath(new URL("dying.ts", import.meta.url)), dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [origin] = await once(child.stdout, "data");
    const headers = { Authorization: `Bearer ${DEFAULT_KEY}`, "Content-Type": "application/json", "Idempotency-Key": "once" };
    const call = { method: "POST", headers, body: JSON.stringify(body) };
    const died = once(child, "exit");
    await expect(fetch(`${String(origin).trim()}/v1/tokens/mint`, call)).rejects.toThrow();
    expect(await died).toEqual([null, "SIGKILL"]);

    const after = await world({ dataDir });
    const again = await after.api.post("/tokens/mint", body).set("Idempotency-Key", "once").expect(201);
    expect(again.headers["idempotent-replayed"]).toBe("true");
    expect(again.body.data).toMatchObject({ status: "confirmed", amount: "7", to: { user_id: user.id } });
    const { body: list } = await after.api.get("/tokens/transactions").expect(200);
    expect(list.data.items).toEqual([again.body.data]);
    expect((await after.api.get(`/users/${user.id}/balance`)).body.data.balance).toBe("7");
    await after.sandbox.doctor();
    await after.sandbox.close();
  });
}
