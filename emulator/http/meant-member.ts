import type { ErrorObject } from "ajv";
import { didYouMean } from "../model/nearest.ts";

type Schema = Readonly<Record<string, unknown>>;

/** ` Did you mean error.status?` for a member that its schema does not have: one that it has, and that was not sent as well. */
export function meantMember({ parentSchema, data, params }: ErrorObject, parent: string): string {
  const { additionalProperty, unevaluatedProperty } = params as Readonly<Record<string, string | undefined>>;
  const sent = data !== null && typeof data === "object" ? data : {};
  const names = [...membersOf(parentSchema)].filter((name) => !Object.hasOwn(sent, name));
  return didYouMean(additionalProperty ?? unevaluatedProperty ?? "", names, (near) => (parent === "" ? near : `${parent}.${near}`));
}

/** The members that a schema names, itself or in the schemas that it is put together from. */
function membersOf(schema: unknown): Set<string> {
  if (schema === null || typeof schema !== "object") return new Set();
  const { properties = {}, allOf = [], anyOf = [], oneOf = [] } = schema as Schema & Record<"allOf" | "anyOf" | "oneOf", Schema[]>;
  const names = new Set(Object.keys(properties as object));
  for (const part of [...allOf, ...anyOf, ...oneOf]) for (const name of membersOf(part)) names.add(name);
  return names;
}
