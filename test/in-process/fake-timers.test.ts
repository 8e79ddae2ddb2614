/** A suite that fakes the time of its own code has the sandbox in the same process: it goes on answering. */
import { get } from "node:http";
import request from "supertest";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";

let sandbox: Sandbox;
let origin: string;
beforeAll(async () => {
  sandbox = await createSandbox();
  origin = await sandbox.listen();
});
afterEach(() => vi.useRealTimers());
afterAll(() => sandbox.close());

describe("while timers and the date are faked", () => {
  const authorization = () => ({ authorization: `Bearer ${sandbox.apiKey}` });
  const fakeThem = () =>
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "clearImmediate", "Date", "performance"],
    });

  it("the application reads and writes", async () => {
    fakeThem();
    const made = await request(sandbox.app)
      .post("/v1/users")
      .set(authorization())
      .send({ email: "ada@example.com", display_name: "Ada Lovelace" });
    expect(made.status).toBe(201);
    const { status, body } = await request(sandbox.app).get(`/v1/users/${made.body.data.id}`).set(authorization());
    expect({ status, data: body.data }).toEqual({ status: 200, data: made.body.data });
  });

  it("its port answers", async () => {
    fakeThem();
    const status = await new Promise((resolve, reject) => {
      get(`${origin}/v1/users`, { headers: authorization() }, (answer) => resolve(answer.resume().statusCode)).on("error", reject);
    });
    expect(status).toBe(200);
  });
});
