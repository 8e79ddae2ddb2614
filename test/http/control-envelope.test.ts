/** The control plane refuses in the envelope too. */
import request from "supertest";
import { afterAll, beforeAll, describe, it } from "vitest";
import { newUser, refusal, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const control = (method: "get" | "post" | "delete", path: string) => request(here.sandbox.app)[method](`/_sandbox${path}`);

describe("refusals", () => {
  it.each<[string, () => ReturnType<typeof control>]>([
    ["ROUTE_NOT_FOUND", () => control("get", "/nothing")],
    ["MALFORMED_JSON", () => control("post", "/reset").type("json").send("{")],
    ["ORIGIN_NOT_ALLOWED", () => control("post", "/reset").set("Origin", "https://evil.example")],
    ["ORIGIN_NOT_ALLOWED", () => control("get", "/nothing").set("Origin", "null")],
    ["HOST_NOT_ALLOWED", () => control("post", "/reset").set("Host", "evil.example")],
    ["VALIDATION_FAILED", () => control("post", "/clock/advance").send({ by: "a while" })],
    ["VALIDATION_FAILED", () => control("post", "/keys").send({ name: "x", expires_at: "soon" })],
    ["API_KEY_NOT_FOUND", () => control("delete", "/keys/nobody")],
    ["UNKNOWN_PARAMETER", () => control("post", "/reset").send({ now: true })],
    ["UNKNOWN_PARAMETER", () => control("get", "/info?verbose=1")],
    ["METHOD_NOT_ALLOWED", () => control("delete", "/info")],
    ["NOT_ACCEPTABLE", () => control("get", "/info").set("Accept", "image/png")],
    ["UNSUPPORTED_MEDIA_TYPE", () => control("post", "/snapshots").type("text/plain").send("x")],
    ["PAYLOAD_TOO_LARGE", () => control("post", "/keys").send({ name: "x".repeat(2 ** 20) })],
  ])("%s", async (code, call) => {
    await call().expect(refusal(code));
  });

  it("change nothing", async () => {
    const user = await newUser(here.api);
    await control("post", "/reset").set("Origin", "https://evil.example").expect(403);
    await here.api.get(`/users/${user.id}`).expect(200);
  });
});
