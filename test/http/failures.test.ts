/** What fails inside is answered in the envelope, says nothing of the inside, and is logged with the request's id. */
import request from "supertest";
import { describe, expect, it } from "vitest";
import { appAnswering } from "../support/app-parts.ts";
import { documented, refusal } from "../support/client.ts";
import { memoryLog } from "../support/memory-log.ts";

/** An application whose every operation throws this. */
async function broken(thrown: unknown) {
  const { log, text } = memoryLog("error");
  const fail = () => {
    throw thrown;
  };
  const app = await appAnswering(fail, { log });
  const get = (path: string) =>
    request(app)
      .get(`/v1${path}`)
      .set("Authorization", "Bearer x")
      .expect(documented("GET", `/v1${path}`));
  return { get, logged: text };
}

describe("INTERNAL_ERROR", () => {
  it.each<[string, unknown]>([
    ["an error", new Error("SELECT * FROM users WHERE secret = 'hunter2' at /home/someone/app.ts")],
    ["an error with a status of its own", Object.assign(new Error("hunter2"), { status: 402, expose: true })],
    ["a text", "hunter2"],
    ["null", null],
    ["undefined", undefined],
    ["an object that is no error", { hunter2: true }],
  ])("for %s", async (_what, thrown) => {
    const { get } = await broken(thrown);
    const answer = await get("/tokens").expect(refusal("INTERNAL_ERROR"));
    expect(answer.text).not.toMatch(/hunter2|SELECT|home/);
  });

  it("is logged with cause and request id", async () => {
    const { get, logged } = await broken(new Error("the cause"));
    const answer = await get("/tokens");
    expect(JSON.parse(logged())).toMatchObject({ request_id: answer.body.error.request_id, err: { message: "the cause" } });
  });
});

it("CHAIN_UNAVAILABLE when the chain does not answer", async () => {
  const { get } = await broken(Object.assign(new Error("connect ECONNREFUSED 10.0.0.1"), { name: "ChainUnavailable" }));
  const answer = await get("/tokens").expect(refusal("CHAIN_UNAVAILABLE"));
  expect(answer.text).not.toMatch(/10\.0\.0\.1/);
});
