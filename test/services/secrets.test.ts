/** An API key is on no disk and in no log, at no time; only its hash is kept. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { newKey, refusal, world } from "../support/client.ts";
import { filesWith, newFolder } from "../support/folder.ts";
import { memoryLog } from "../support/memory-log.ts";

it("keys made, rolled, replayed, used, misplaced and revoked", async () => {
  const dataDir = newFolder();
  const { log, text } = memoryLog();
  const { sandbox, api } = await world({ dataDir, log });
  const secrets = [sandbox.apiKey];
  const keep = (data: { secret: string }) => void secrets.push(data.secret);

  keep(await newKey(api, ["users:read"]));
  const body = { name: "once", scopes: ["users:read", "keys:write"] };
  const made = await api.post("/api-keys", body).set("Idempotency-Key", "make").expect(201);
  await api.post("/api-keys", body).set("Idempotency-Key", "make").expect(201);
  keep(made.body.data);
  const rolled = await api.post(`/api-keys/${made.body.data.id}/roll`).set("Idempotency-Key", "roll").expect(200);
  keep(rolled.body.data);
  keep((await sandbox.keys.create({ name: "by the control plane", scopes: ["users:read"] })) as { secret: string });
  await api.as(rolled.body.data.secret).get("/users").expect(200);
  await api.as(made.body.data.secret).get("/users").expect(refusal("INVALID_API_KEY"));
  await api.delete(`/api-keys/${made.body.data.id}`).expect(204);

  // By mistake, in all the wrong places.
  const [, misplaced] = secrets as [string, string];
  const answers = [
    await api.get(`/users?api_key=${misplaced}`).expect(refusal("UNKNOWN_PARAMETER")),
    await api.get(`/api-keys/${misplaced}`).expect(refusal("API_KEY_NOT_FOUND")),
    await api.post(`/api-keys/${misplaced}/roll`).set("Idempotency-Key", "k").expect(refusal("API_KEY_NOT_FOUND")),
    await api.post("/users", { email: misplaced, display_name: "x" }).expect(refusal("VALIDATION_FAILED")),
    await api.get(`/${misplaced}`).expect(refusal("ROUTE_NOT_FOUND")),
  ];
  for (const { text: answer } of answers) expect(answer).not.toContain(misplaced);

  const hash = createHash("sha256").update(misplaced).digest("hex");
  const nowhere = (secret: string) => expect(filesWith(dataDir, secret)).toEqual([]);
  secrets.forEach(nowhere);
  expect(filesWith(dataDir, hash)).not.toEqual([]);
  await sandbox.close();
  secrets.forEach(nowhere);
  expect(filesWith(dataDir, hash)).not.toEqual([]);

  expect(text()).toContain("rollApiKey");
  for (const secret of secrets) expect(text()).not.toContain(secret.slice(10));
});
