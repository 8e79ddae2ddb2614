/** Deleting a user scrubs the log too. */
import { describe, expect, it } from "vitest";
import { badgeWorld, newUser, refusal, rich, world } from "../support/client.ts";

const zenobia = {
  email: "Zenobia.Quill@unique.example",
  display_name: "Zenobia Quill",
  external_id: "pupil-77341",
  metadata: { nickname: "zenny-the-great" },
};
const later = { display_name: "Zénobia Renamed", email: "renamed.quill@unique.example" };
const TRACES = ["zenobia", "z\u00e9nobia", "z\\u00e9nobia", "quill", "pupil-77341", "zenny"];

function tellsOf(sandbox: { requests: { list(query: object): readonly { request_id: string }[] }; trace(id: string): unknown }): string[] {
  const requests = sandbox.requests.list({ limit: 1000, session: true });
  const text = JSON.stringify([requests, requests.map(({ request_id }) => sandbox.trace(request_id))]).toLowerCase();
  return TRACES.filter((trace) => text.includes(trace));
}

it("whatever requests said of a deleted user is gone, what they did stays", async () => {
  const { sandbox, api } = await world();
  const other = await rich(api, "3", { display_name: "Somebody Kept" });
  await api.post("/users", { ...zenobia, unknown: true }).expect(refusal("UNKNOWN_PARAMETER"));
  const { id } = (await api.post("/users", zenobia).expect(201)).body.data;
  await api.post("/users", zenobia).expect(refusal("EMAIL_ALREADY_EXISTS"));
  await api.patch(`/users/${id}`, later).expect(200);
  await api
    .patch(`/users/${other.id}`)
    .set("Content-Type", "application/json")
    .send('{"display_name": "Z\\u00e9nobia Renamed", "locale": 1}')
    .expect(400);
  const mint = await api.post("/tokens/mint", { user_id: id, amount: "2" }).expect(201);
  await api.post("/tokens/transfer", { from_user_id: other.id, to_user_id: id, amount: "1" }).expect(201);
  await api.get(`/users?email=${encodeURIComponent(later.email)}`).expect(200);
  await api.get(`/users?external_id=${zenobia.external_id}`).expect(200);
  await api.get(`/users/${encodeURIComponent(zenobia.email)}`).expect(404);
  await api.get("/users").expect(200);
  await api.get(`/users/${other.id}`).set("X-Learner", zenobia.display_name).expect(200);
  await api
    .get(`/users/${other.id}`)
    .set("Referer", `http://a.example/?who=${encodeURIComponent(later.display_name)}&rate=100%`)
    .expect(200);
  await api.get(`/users/${other.id}`).set("From", zenobia.email).expect(200);
  await api.get(`/users/${other.id}`).expect(200);
  expect(tellsOf(sandbox)).toEqual(TRACES.filter((each) => !each.includes("\\")));

  await api.delete(`/users/${id}`).expect(204);
  expect(tellsOf(sandbox)).toEqual([]);
  const [deletion, kept, ...before] = sandbox.requests.list();
  expect(deletion).toMatchObject({ operation_id: "deleteUser", path: `/v1/users/${id}`, status: 204, scrubbed: true });
  expect(kept).toMatchObject({ scrubbed: false, response: { body: { data: { display_name: "Somebody Kept" } } } });
  expect(before.filter(({ scrubbed }) => !scrubbed)).toMatchObject([{ operation_id: "mintTokens" }, { operation_id: "createUser" }]);
  const trace = sandbox.trace(mint.headers["request-id"] as string);
  expect(trace.transactions).toMatchObject([{ status: "confirmed", events: [{ event: "Transfer" }] }]);
  expect(trace.units[0]?.records).toMatchObject([{ table: "transactions", status: { after: "confirmed" } }]);
  await newUser(api, { display_name: "Zelda" });
  expect(sandbox.requests.list({ limit: 1 })).toMatchObject([{ scrubbed: false }]);
  await sandbox.close();
});

it("what was said of their awards, too", async () => {
  const here = await badgeWorld();
  const { id } = await here.badge();
  const learner = await newUser(here.api, { display_name: "Somebody" });
  const evidence = [{ type: "text", value: "my name is zenobia" }];
  const award = (await here.api.post(`/badges/${id}/applications`, { recipient_id: learner.id, evidence, narrative: "quill" }).expect(201))
    .body.data;
  await here.api.post(`/awards/${award.id}/reject`, { reason: "Zenobia can do better." }).expect(200);
  await here.api.post(`/awards/${award.id}/approve`, { note: "Zenobia again." }).expect(409);
  await here.api.delete(`/users/${learner.id}`).expect(204);
  expect(tellsOf(here.sandbox)).toEqual([]);
  await here.sandbox.close();
});

describe("a request that is answered after the deletion", () => {
  it("is scrubbed when it is", async () => {
    const { sandbox, api } = await world({ mining: { kind: "manual" } });
    const user = await newUser(api, zenobia);
    const mint = api.post("/tokens/mint", { user_id: user.id, amount: "1", reason: "zenobia" });
    const patch = api.patch(`/users/${user.id}`, later);
    await Promise.all([mint, patch, api.delete(`/users/${user.id}`)]);
    expect(tellsOf(sandbox)).toEqual([]);
    await sandbox.chain.mine();
    expect(tellsOf(sandbox)).toEqual([]);
    await sandbox.close();
  });
});
