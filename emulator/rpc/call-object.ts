import { invalidParams } from "./json-rpc.ts";

/**
 * A transaction or call object, with its data under one name. Clients send `data`, `input` or, to please every node, both;
 * this node refuses both. Throws invalidParams when the two differ.
 */
export function readCall(call: unknown): Readonly<Record<string, unknown>> {
  if (typeof call !== "object" || call === null || Array.isArray(call)) throw invalidParams("The first parameter is a transaction object.");
  const { input, ...rest } = call as Record<string, unknown>;
  if (input === undefined || input === null) return rest;
  if (rest.data !== undefined && rest.data !== null && rest.data !== input) throw invalidParams("data and input differ; send one of them.");
  return { ...rest, data: input };
}
