/** Bodies that are larger than any operation takes are refused by what the document says of their beginning, and hold nothing up. */
import request from "supertest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { refusal, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

it.each([
  ["an array of half a million", `{"name":"a","scopes":[${"1,".repeat(400_000)}1]}`, "VALIDATION_FAILED", /scopes\.0/],
  ["lists in lists", `{"name":"a","scopes":[${nested(5000)}]}`, "VALIDATION_FAILED", /scopes\.0/],
  ["many members", `{${Array.from({ length: 50_000 }, (_, i) => `"k${i}":1`).join(",")}}`, "UNKNOWN_PARAMETER", /\d+ things are wrong/],
  ["a long name", `{"${"k".repeat(500_000)}":1}`, "UNKNOWN_PARAMETER", /is not known here/],
])("%s", async (_, body, code, sentence) => {
  for (const call of [
    request(here.sandbox.app).post("/_sandbox/keys"),
    request(here.sandbox.app).post("/v1/api-keys").set("Authorization", `Bearer ${here.sandbox.apiKey}`),
  ]) {
    const began = process.cpuUsage();
    const answer = await call.set("Content-Type", "application/json").send(body);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
    refusal(code)(answer);
    expect(answer.text).toMatch(sentence);
    expect(answer.text.length).toBeLessThan(20_000);
  }
});

it("what fits the document but for its size is refused as well", () => {
  const generate = Object.fromEntries([["users", 1]]);
  expect(() => here.sandbox.faults.add({ operationId: "listUsers", latency_ms: 1, ...generate } as never)).toThrow(
    /users is not known here/,
  );
});
