/** ETag, If-None-Match, If-Match (RFC 9110 §13). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey, newUser, refusal, rich, type World, world } from "../support/client.ts";
import { newMission, pathOf } from "../support/learning.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

/** Everything that is one object. */
const OBJECTS: [string, () => Promise<string>][] = [
  ["a user", async () => `/users/${(await newUser(here.api)).id}`],
  ["a balance", async () => `/users/${(await newUser(here.api)).id}/balance`],
  ["the token", async () => "/tokens"],
  [
    "a transaction",
    async () =>
      (await here.api.post("/tokens/mint", { user_id: (await newUser(here.api)).id, amount: "1" })).headers.location?.slice(3) as string,
  ],
  ["an achievement", async () => `/achievements/${(await newMission(here.api)).id}`],
  ["progress", async () => pathOf(await newUser(here.api), await newMission(here.api))],
  ["an event", async () => `/events/${(await here.api.get("/events?limit=1")).body.data.items[0].id}`],
  ["a key", async () => `/api-keys/${(await newKey(here.api, ["users:read"])).id}`],
  ["the key in use", async () => "/api-keys/current"],
];

describe.each(OBJECTS)("%s", (_what, made) => {
  it("has a strong ETag that stays while it stays", async () => {
    const path = await made();
    const { headers } = await here.api.get(path).expect(200);
    expect(headers.etag).toMatch(/^"[\x21\x23-\x7E]+"$/);
    expect(headers["cache-control"]).toBe("private, no-cache");
    expect((await here.api.get(path)).headers.etag).toBe(headers.etag);
    expect((await here.api.head(path)).headers.etag).toBe(headers.etag);
  });

  it("is 304 to those who hold it", async () => {
    const path = await made();
    const { etag } = (await here.api.get(path)).headers as { etag: string };
    for (const held of [etag, `W/${etag}`, "*", ` ${etag} `, `"other", ${etag}`, `W/"other",W/${etag}`]) {
      const answer = await here.api.get(path).set("If-None-Match", held).expect(304);
      expect([answer.headers.etag, answer.headers["cache-control"]]).toEqual([etag, "private, no-cache"]);
      await here.api.head(path).set("If-None-Match", held).expect(304);
    }
    for (const held of ['"other"', etag.slice(1, -1), etag.toLowerCase() === etag ? '"x"' : etag.toLowerCase()]) {
      await here.api.get(path).set("If-None-Match", held).expect(200);
    }
  });
});

it("lists have no ETag and are not stored", async () => {
  for (const path of ["/users", "/achievements", "/events", "/api-keys", "/tokens/transactions"]) {
    const { headers } = await here.api.get(path).set("If-None-Match", "*").expect(200);
    expect([headers.etag, headers["cache-control"]]).toEqual([undefined, "no-store"]);
  }
});

it("answers with a secret are not stored", async () => {
  const created = await here.api.post("/api-keys", { name: "x", scopes: ["users:read"] }).expect(201);
  const rolled = await here.api.post(`/api-keys/${created.body.data.id}/roll`).expect(200);
  expect([created.headers["cache-control"], rolled.headers["cache-control"]]).toEqual(["no-store", "no-store"]);
  expect(rolled.headers.etag).toBe((await here.api.get(`/api-keys/${created.body.data.id}`)).headers.etag);
});

it("the ETag changes with the object: a user, a balance", async () => {
  const user = await rich(here.api, "1");
  const etags = new Set<string | undefined>();
  const look = async (path: string) => etags.add((await here.api.get(path)).headers.etag);
  await look(`/users/${user.id}`);
  await here.api.patch(`/users/${user.id}`, { locale: "en" });
  await look(`/users/${user.id}`);
  await look(`/users/${user.id}/balance`);
  await here.api.post("/tokens/burn", { user_id: user.id, amount: "1" });
  await look(`/users/${user.id}/balance`);
  expect(etags.size).toBe(4);
});

describe("If-Match", () => {
  it("lets a change pass when it names the object as it is", async () => {
    const user = await newUser(here.api);
    let { etag } = (await here.api.get(`/users/${user.id}`)).headers as { etag: string };
    for (const locale of ["en", "de"]) {
      const changed = await here.api.patch(`/users/${user.id}`, { locale }).set("If-Match", `"other", ${etag}`).expect(200);
      expect(changed.headers.etag).not.toBe(etag);
      expect(changed.headers.etag).toBe((await here.api.get(`/users/${user.id}`)).headers.etag);
      etag = changed.headers.etag as string;
    }
    await here.api.patch(`/users/${user.id}`, { locale: "fr" }).set("If-Match", "*").expect(200);
  });

  it("stops it otherwise: a stale one, a weak one, a bare one; and nothing has changed", async () => {
    const user = await newUser(here.api);
    const path = `/users/${user.id}`;
    const old = (await here.api.get(path)).headers.etag as string;
    const { body } = await here.api.patch(path, { locale: "en" }).expect(200);
    const now = (await here.api.get(path)).headers.etag as string;
    for (const sent of [old, `W/${now}`, now.slice(1, -1), '"x"', `W/${old}, "y"`]) {
      await here.api.patch(path, { locale: "de" }).set("If-Match", sent).expect(refusal("PRECONDITION_FAILED"));
      await here.api.delete(path).set("If-Match", sent).expect(refusal("PRECONDITION_FAILED"));
    }
    expect((await here.api.get(path)).body.data).toEqual(body.data);
    await here.api.delete(path).set("If-Match", now).expect(204);
  });

  it("of a key", async () => {
    const key = await newKey(here.api, ["users:read"]);
    const { etag } = (await here.api.get(`/api-keys/${key.id}`)).headers as { etag: string };
    await here.api.delete(`/api-keys/${key.id}`).set("If-Match", '"x"').expect(refusal("PRECONDITION_FAILED"));
    await here.api.delete(`/api-keys/${key.id}`).set("If-Match", etag).expect(204);
  });

  it("lets one of many changes pass that were based on the same state", async () => {
    const user = await newUser(here.api);
    const { etag } = (await here.api.get(`/users/${user.id}`)).headers as { etag: string };
    const answers = await Promise.all(
      ["en", "de", "fr", "es"].map((locale) => here.api.patch(`/users/${user.id}`, { locale }).set("If-Match", etag)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});
