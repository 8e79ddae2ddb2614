/** After a clean stop nothing on disk, and nothing in the log, tells who the person was. */
import { expect, it } from "vitest";
import { newUser, refusal, rich, world } from "../support/client.ts";
import { filesWith, newFolder } from "../support/folder.ts";
import { memoryLog } from "../support/memory-log.ts";

const secret = {
  email: "zenobia.quill@unique.example",
  display_name: "Zenobia Quill",
  external_id: "pupil-77341",
  locale: "cy-GB",
  organization: { name: "Quill Family School", website: "https://quill.example/zenobia", audience: "the Quill children" },
  metadata: { nickname: "zenny-the-great" },
};
const later = { display_name: "Zenobia Renamed", email: "renamed.quill@unique.example", metadata: { tutor: "mister-marchbanks" } };
const TRACES = [
  ...[secret, later].flatMap(({ email, display_name }) => [email, display_name]),
  ...["pupil-77341", "Quill Family School", "quill.example", "Quill children", "zenny-the-great", "mister-marchbanks", "Quill", "Zenobia"],
];

it("a user made, renamed, paid and deleted leaves no personal data", async () => {
  const dataDir = newFolder();
  const { log, text } = memoryLog();
  const first = await world({ dataDir, log });
  const other = await rich(first.api, "3", { display_name: "Somebody Kept" });
  const { body } = await first.api.post("/users", secret).set("Idempotency-Key", "make").expect(201);
  const { id } = body.data;
  await first.api.patch(`/users/${id}`, later).expect(200);
  await first.api.post("/tokens/mint", { user_id: id, amount: "2" }).set("Idempotency-Key", "pay").expect(201);
  await first.api
    .post("/tokens/transfer", { from_user_id: other.id, to_user_id: id, amount: "1" })
    .set("Idempotency-Key", "give")
    .expect(201);
  await first.api.post("/users", secret).set("Idempotency-Key", "make").expect(201);
  await first.api
    .post("/users", { ...secret, email: later.email, external_id: null })
    .set("Idempotency-Key", "twice")
    .expect(refusal("EMAIL_ALREADY_EXISTS"));
  for (const trace of [secret.email, later.display_name]) expect(filesWith(dataDir, trace), "it was there before").not.toEqual([]);
  await first.api.delete(`/users/${id}`).expect(204);
  await first.sandbox.close();

  for (const trace of TRACES) expect([trace, filesWith(dataDir, trace)]).toEqual([trace, []]);
  expect(filesWith(dataDir, "Somebody Kept")).not.toEqual([]);
  for (const trace of TRACES) expect(text()).not.toContain(trace);
  expect(text()).toContain("deleteUser");

  const second = await world({ dataDir });
  const found = (await second.api.get(`/users/${id}`).expect(200)).body.data;
  expect(found).toMatchObject({ status: "deleted", email: null, display_name: null, metadata: {} });
  expect((await second.api.get(`/users/${id}/balance`)).body.data.balance).toBe("3");
  await second.sandbox.doctor();
  await newUser(second.api, { email: secret.email, external_id: secret.external_id });
  await second.sandbox.close();
});

it("a named snapshot keeps its copy until it is deleted", async () => {
  const dataDir = newFolder();
  const first = await world({ dataDir });
  const user = await newUser(first.api, secret);
  const snapshot = await first.sandbox.snapshot("before");
  await first.api.delete(`/users/${user.id}`).expect(204);
  await snapshot.restore();
  expect((await first.api.get(`/users/${user.id}`)).body.data.email).toBe(secret.email);
  await first.api.delete(`/users/${user.id}`).expect(204);
  await snapshot.delete();
  await first.sandbox.close();
  for (const trace of TRACES) expect([trace, filesWith(dataDir, trace)]).toEqual([trace, []]);
});
