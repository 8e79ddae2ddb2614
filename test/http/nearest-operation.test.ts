/** An unknown route names the operation that was probably meant. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const messageOf = async (method: string, path: string) => {
  const answer = await (request(here.sandbox.app) as unknown as Record<string, (path: string) => request.Test>)[method.toLowerCase()]?.(
    path,
  );
  expect(answer?.body.error.code).toBe("ROUTE_NOT_FOUND");
  return answer?.body.error.message as string;
};

const USER = "usr_01M872DH8G000001W0554FK09V";

describe("did you mean", () => {
  it.each([
    ["a letter that is missing", "POST", "/v1/token/mint", "POST /v1/tokens/mint (mintTokens)"],
    ["a letter too many", "GET", "/v1/userss", "GET /v1/users (listUsers)"],
    ["two letters exchanged", "GET", "/v1/uesrs", "GET /v1/users (listUsers)"],
    ["no version", "GET", "/users", "GET /v1/users (listUsers)"],
    ["no version, another method", "POST", "/users", "POST /v1/users (createUser)"],
    ["another version", "GET", "/v2/users", "GET /v1/users (listUsers)"],
    ["a segment before the version", "GET", "/api/v1/users", "GET /v1/users (listUsers)"],
    ["the version twice", "GET", "/v1/v1/users", "GET /v1/users (listUsers)"],
    ["a slash at the end", "GET", "/v1/users/", "GET /v1/users (listUsers)"],
    ["two slashes", "GET", "/v1//users", "GET /v1/users (listUsers)"],
    ["capitals", "GET", "/V1/Users", "GET /v1/users (listUsers)"],
    ["snake for kebab", "GET", "/v1/webhook_endpoints", "GET /v1/webhook-endpoints (listWebhookEndpoints)"],
    ["the singular, with an id", "GET", `/v1/user/${USER}`, "GET /v1/users/{user_id} (getUser)"],
    ["the singular at the end", "GET", `/v1/users/${USER}/award`, "GET /v1/users/{user_id}/awards (listUserAwards)"],
    ["a segment left out", "POST", "/v1/mint", "POST /v1/tokens/mint (mintTokens)"],
    ["segments exchanged", "POST", "/v1/mint/tokens", "POST /v1/tokens/mint (mintTokens)"],
    ["a segment too many", "GET", `/v1/users/${USER}/secrets`, "GET /v1/users/{user_id} (getUser)"],
    ["the singular of two words", "GET", "/v1/webhook-endpoint", "GET /v1/webhook-endpoints (listWebhookEndpoints)"],
  ])("%s: %s %s", async (_what, method, path, meant) => {
    expect(await messageOf(method, path)).toMatch(new RegExp(` Did you mean ${meant.replace(/[/{}()]/g, "\\$&")}\\?$`));
  });
});

describe("nothing is like it", () => {
  it.each([
    ["another word", "/v1/nothing"],
    ["a favicon", "/favicon.ico"],
    ["the root", "/"],
    ["the version alone", "/v1"],
    ["an id alone", `/v1/${USER}`],
    ["a very long word", `/v1/${"users".repeat(1000)}`],
    ["very many segments", `/v1${"/users".repeat(1000)}`],
    ["the control plane", "/_sandbox/users"],
  ])("%s", async (_what, path) => {
    expect(await messageOf("GET", path)).not.toContain("Did you mean");
  });

  it("nothing of the path is repeated, a key may be in it", async () => {
    expect(await messageOf("GET", `/v1/user/${here.sandbox.apiKey}`)).not.toContain("gets_test_");
  });
});
