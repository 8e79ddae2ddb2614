/** API.md §1.2 and §1.11: what fails inside is answered in the envelope, says nothing of the inside, and is logged with the request's id. */
import { Writable } from "node:stream";
import { pino } from "pino";
import request from "supertest";
import { describe, expect, it } from "vitest";
import { type AppParts, createApp } from "../../emulator/http/app.ts";
import { loadDocument } from "../../emulator/http/document.ts";
import { documented, refusal } from "../support/client.ts";
import { operations } from "../support/contract.ts";

/** An application whose every operation throws this. */
async function broken(thrown: unknown) {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const fail = () => {
    throw thrown;
  };
  const parts = {
    document: await loadDocument(),
    operations: { reads: new Proxy({}, { get: () => fail }), writes: {} },
    control: (_req: unknown, _res: unknown, next: () => void) => next(),
    world: { epoch: 0 },
    clock: { now: () => 0, elapsed: () => 0 },
    newRequestId: () => "req_01M1E57W20TDFW1JRK5MJ2ZEXH",
    keys: { authenticate: () => ({ id: "key", scopes: operations.flatMap(({ scopes }) => scopes ?? []) }) },
    limiter: { policies: [], take: () => null },
    faults: { strike: () => null },
    recorder: { record: () => {} },
    isHostAllowed: () => true,
    cors: [],
    log: pino({ level: "error" }, sink),
  };
  const app = createApp(parts as unknown as AppParts);
  const get = (path: string) =>
    request(app)
      .get(`/v1${path}`)
      .set("Authorization", "Bearer x")
      .expect(documented("GET", `/v1${path}`));
  return { get, lines };
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
    const { get, lines } = await broken(new Error("the cause"));
    const answer = await get("/tokens");
    const logged = JSON.parse(lines[0] as string);
    expect(logged).toMatchObject({ request_id: answer.body.error.request_id, err: { message: "the cause" } });
  });
});

it("CHAIN_UNAVAILABLE when the chain does not answer", async () => {
  const { get } = await broken(Object.assign(new Error("connect ECONNREFUSED 10.0.0.1"), { name: "ChainUnavailable" }));
  const answer = await get("/tokens").expect(refusal("CHAIN_UNAVAILABLE"));
  expect(answer.text).not.toMatch(/10\.0\.0\.1/);
});
