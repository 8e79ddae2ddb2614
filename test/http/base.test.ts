/** Everything is below /v1; what every answer carries. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documented, newUser, refusal, type World, world } from "../support/client.ts";
import { operations } from "../support/contract.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

describe("ROUTE_NOT_FOUND", () => {
  it.each([
    ["no version", "/users"],
    ["another version", "/v2/users"],
    ["a version of two numbers", "/v1.0/users"],
    ["the version twice", "/v1/v1/users"],
    ["the version alone", "/v1"],
    ["the root", "/"],
    ["an unknown path", "/v1/nothing"],
    ["an unknown path below a known one", "/v1/users/usr_1/secrets"],
    ["a slash at the end", "/v1/users/"],
    ["two slashes", "/v1//users"],
    ["other letters", "/V1/Users"],
    ["dots that would lead elsewhere", "/v1/../v1/%2e%2e/users"],
    ["an encoded slash in a literal", "/v1%2Fusers"],
    ["a favicon", "/favicon.ico"],
  ])("%s", async (_what, path) => {
    await request(here.sandbox.app)
      .get(path)
      .set("Authorization", `Bearer ${here.sandbox.apiKey}`)
      .expect(documented("GET", path))
      .expect(refusal("ROUTE_NOT_FOUND"));
  });

  it("whatever the method, and before the key is looked at", async () => {
    for (const method of ["get", "post", "put", "patch", "delete", "options"] as const) {
      await here.api.as(null)[method]("/nothing").expect(refusal("ROUTE_NOT_FOUND"));
    }
  });
});

describe("every answer", () => {
  it("has a Request-Id of its own", async () => {
    const answers = [
      await here.api.get("/users"),
      await here.api.get("/nothing"),
      await here.api.as(null).get("/users"),
      await here.api.options("/users"),
      await here.api.post("/users", {}),
    ];
    const ids = answers.map(({ headers }) => headers["request-id"]);
    expect(new Set(ids).size).toBe(answers.length);
  });

  it("takes no Request-Id from the client", async () => {
    const answer = await here.api.get("/users").set("Request-Id", "req_mine");
    expect(answer.headers["request-id"]).not.toBe("req_mine");
  });

  it("sends no CORS header and no cookie", async () => {
    const answer = await here.api.get("/users").set("Origin", "https://elsewhere.example").expect(200);
    expect(Object.keys(answer.headers).filter((name) => /^access-control|^set-cookie$|^server$/.test(name))).toEqual([]);
  });
});

describe("Host", () => {
  const withHost = (host: string) => request(here.sandbox.app).get("/v1/health").set("Host", host);

  it.each(["127.0.0.1", "127.0.0.1:4010", "localhost", "LOCALHOST:80", "[::1]:4010"])("%s is served", async (host) => {
    await withHost(host).expect(200);
  });

  it.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4010", "127.0.0.1@evil.example", "0.0.0.0", "localhost:x"])(
    "%s is refused",
    async (host) => {
      await withHost(host).expect(documented("GET", "/v1/health")).expect(refusal("HOST_NOT_ALLOWED"));
    },
  );

  it("is checked before route, method and key", async () => {
    await request(here.sandbox.app).put("/v1/nothing").set("Host", "evil.example").expect(refusal("HOST_NOT_ALLOWED"));
    await request(here.sandbox.app).post("/_sandbox/reset").set("Host", "evil.example").expect(refusal("HOST_NOT_ALLOWED"));
  });
});

it("a success says what happened, in a sentence", async () => {
  const ada = await newUser(here.api, { display_name: "Ada Lovelace" });
  const { body } = await here.api.post("/tokens/mint", { user_id: ada.id, amount: "50" }).expect(201);
  expect(Object.keys(body)).toEqual(["status", "data", "message"]);
  expect(body.message).toMatch(/Minted 50 GETS to Ada Lovelace/);
});

it("exactly the documented operations are without a key", async () => {
  for (const { id, method, path, scopes } of operations) {
    const url = path.replaceAll(/\{\w+\}/g, "nobody");
    const answer = await here.api.as(null)[method.toLowerCase() as "get"](url);
    expect([id, answer.status === 401]).toEqual([id, scopes !== null]);
  }
});
