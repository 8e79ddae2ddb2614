/** What methods refuse by the words of the control plane. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";

let sandbox: Sandbox;
beforeAll(async () => void (sandbox = await createSandbox()));
afterAll(() => sandbox.close());

const nothing = undefined as never;

it.each<[string, () => unknown, string, RegExp]>([
  ["import without a text", () => sandbox.import({} as never), "VALIDATION_FAILED", /Give the text of an export/],
  ["import of nothing", () => sandbox.import(null as never), "VALIDATION_FAILED", /Give the text of an export/],
  ["a fault of nothing", () => sandbox.faults.add(nothing), "VALIDATION_FAILED", /must have either operationId or path/],
  ["a key of nothing", () => sandbox.keys.create(nothing), "VALIDATION_FAILED", /name is required/],
  ["webhooks set to nothing", () => sandbox.webhooks.set(nothing), "VALIDATION_FAILED", /at least one of order, duplicates, forge/],
  ["webhooks set to undefined", () => sandbox.webhooks.set({ forge: undefined } as never), "VALIDATION_FAILED", /at least one of/],
  ["quotas of no key", () => sandbox.limits.show("nope"), "API_KEY_NOT_FOUND", /no usable API key/],
  ["wrong quotas of no key", () => sandbox.limits.set("nope", { hour: { remaining: -1 } }), "VALIDATION_FAILED", /^hour.remaining must be/],
  [
    "webhooks with a name misspelt",
    () => sandbox.webhooks.set({ drop: 1 } as never),
    "UNKNOWN_PARAMETER",
    /^drop is not known here. Did you mean drop_first\?$/,
  ],
  ["a filter misspelt", () => sandbox.requests.list({ operation: "x" } as never), "UNKNOWN_PARAMETER", /Did you mean operationId\?/],
  ["what JSON cannot carry", () => sandbox.faults.add({ operationId: "listUsers", latency_ms: 1n } as never), "VALIDATION_FAILED", /JSON/],
])("%s", async (_, call, code, sentence) => {
  const before = JSON.stringify([sandbox.webhooks.show(), sandbox.faults.list(), sandbox.keys.list()]);
  const refused = (await Promise.resolve()
    .then(call)
    .catch((error) => error)) as { code?: string; message?: string };
  expect([refused.code, refused.message]).toEqual([code, expect.stringMatching(sentence)]);
  expect(JSON.stringify([sandbox.webhooks.show(), sandbox.faults.list(), sandbox.keys.list()])).toBe(before);
});

it("what is asked is what was checked: as JSON carries it", () => {
  const fault = sandbox.faults.add({ toJSON: () => ({ operationId: "listUsers", latency_ms: 1 }), latency_ms: "evil" } as never);
  expect(fault).toMatchObject({ operationId: "listUsers", latency_ms: 1 });
  expect(sandbox.requests.list({ limit: "1" as never }).length).toBeLessThanOrEqual(1);
  sandbox.faults.clear();
});
