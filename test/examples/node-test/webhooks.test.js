import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { createSandbox } from "getsmart-sandbox";

let sandbox;
let base;
let fresh;
before(async () => {
  sandbox = await createSandbox({ fixture: "course", seed: 1 });
  base = `${await sandbox.listen()}/v1`;
  fresh = await sandbox.snapshot();
});
afterEach(() => fresh.restore());
after(() => sandbox.close());

async function addAda() {
  const answer = await fetch(`${base}/users`, {
    method: "POST",
    headers: { Authorization: `Bearer ${sandbox.apiKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ email: "ada@example.com", display_name: "Ada" }),
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).data;
}

test("a new learner is an event", async () => {
  const ada = await addAda();
  const event = await sandbox.webhooks.waitFor({ type: "user.created" });
  assert.equal(event.data.id, ada.id);
});

test("time is ours", async () => {
  const began = Date.parse(sandbox.clock.show().now);
  await sandbox.clock.advance("90d");
  const ada = await addAda();
  assert.equal(Date.parse(ada.created_at) - began, 90 * 86_400_000);
});
