import { writeFileSync } from "node:fs";
import request from "supertest";
import type { Sandbox } from "../../../emulator/sandbox.ts";

/** All sandboxes that tests of this worker have met. */
export const met = new Set<Sandbox>();

const keyed = (sandbox: Sandbox) => ({ Authorization: `Bearer ${sandbox.apiKey}` });

export async function addUser(sandbox: Sandbox, name: string): Promise<string> {
  const body = { email: `${name}@example.com`, display_name: name };
  const answer = await request(sandbox.app).post("/v1/users").set(keyed(sandbox)).send(body).expect(201);
  return answer.body.data.id;
}

/** Leaves a trace in all that a sandbox has. */
export async function change(sandbox: Sandbox): Promise<void> {
  const user_id = await addUser(sandbox, "ada");
  await request(sandbox.app).post("/v1/tokens/mint").set(keyed(sandbox)).send({ user_id, amount: "5" }).expect(201);
  await sandbox.clock.advance("90d");
  await sandbox.snapshot("mine");
  sandbox.limits.set(sandbox.apiKey, { hour: { remaining: 0 } });
  sandbox.faults.add({ operationId: "listUsers", error: { status: 503, code: "CHAIN_UNAVAILABLE" } });
  sandbox.webhooks.set({ forge: "signature", drop_first: 1 });
}

/** What a test finds. */
export async function state(sandbox: Sandbox) {
  met.add(sandbox);
  const { body } = await request(sandbox.app).get("/v1/users").set(keyed(sandbox)).expect(200);
  return {
    users: body.data.items.map((user: { display_name: string }) => user.display_name),
    year: new Date(sandbox.clock.show().now).getUTCFullYear(),
    month: new Date(sandbox.clock.show().now).getUTCMonth(),
    blocks: sandbox.info().chain.block_number,
    quotas: sandbox.limits.show(sandbox.apiKey),
    faults: sandbox.faults.list().length,
    webhooks: sandbox.webhooks.show(),
    requests: sandbox.requests.count(),
    snapshots: sandbox.snapshots().map(({ name }) => name),
  };
}

/** Tells the test outside how many sandboxes there are, and where one of them is served. */
export async function report(sandbox: Sandbox): Promise<void> {
  writeFileSync(process.env.REPORT as string, JSON.stringify({ sandboxes: met.size, origin: await sandbox.listen() }));
}
