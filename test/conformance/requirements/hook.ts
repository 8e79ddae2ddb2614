import type { Group } from "../kit/check.ts";
import { delivered, rotated, signed, testEvent } from "./hook-deliveries.ts";
import { addresses, hiddenSecret, lifeOfAnEndpoint } from "./hook-endpoints.ts";
import { retries, unhurried } from "./hook-retries.ts";
import { silence } from "./hook-silence.ts";

/** Webhooks (Standard Webhooks 1.0): what was asked for comes, signed, at least once; nothing else does. */
export const hook: Group = {
  name: "HOOK",
  title: "Webhooks",
  checks: [lifeOfAnEndpoint, addresses, delivered, signed, retries, silence, hiddenSecret, unhurried, rotated, testEvent],
};
