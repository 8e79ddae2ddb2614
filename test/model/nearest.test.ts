import { expect, it } from "vitest";
import { didYouMean } from "../../emulator/model/nearest.ts";

const NAMES = ["by", "to", "operationId", "latency_ms", "drop_first", "email", "rpc-port", "port", "dataDir"];

it.each([
  ["operationid", "operationId"],
  ["operation_id", "operationId"],
  ["operation", "operationId"],
  ["latency", "latency_ms"],
  ["drop", "drop_first"],
  ["email_address", "email"],
  ["emial", "email"],
  ["prot", "port"],
  ["rpcPort", "rpc-port"],
  ["data-dir", "dataDir"],
  ["bye", "by"],
])("%s: %s was meant", (name, near) => {
  expect(didYouMean(name, NAMES)).toBe(` Did you mean ${near}?`);
});

it.each(["x", "colour", "", "__proto__", "o".repeat(100_000)])("%s: no name is near", (name) => {
  expect(didYouMean(name, NAMES)).toBe("");
});

it("is written as it stands there", () => {
  expect(didYouMean("prot", NAMES, (near) => `--${near}`)).toBe(" Did you mean --port?");
});
