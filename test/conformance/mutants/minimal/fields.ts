import type { Plain } from "./rules.ts";

/** Whether a value may be a member; null may stand where the table says so. */
type Field = (value: unknown) => boolean;

const text =
  (from: number, to: number, pattern = /^/): Field =>
  (value) =>
    typeof value === "string" && [...value].length >= from && [...value].length <= to && pattern.test(value);
const orNull =
  (field: Field): Field =>
  (value) =>
    value === null || field(value);
const isObject = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value);
const texts =
  (each: Field): Field =>
  (value) =>
    isObject(value) && Object.keys(value).length <= 50 && Object.entries(value).every(([name, one]) => [...name].length <= 40 && each(one));
const roles: Field = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  new Set(value).size === value.length &&
  value.every((each) => ["earner", "sponsor"].includes(each));

const user = {
  email: text(3, 254, /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/),
  display_name: text(1, 100),
  external_id: orNull(text(1, 128)),
  locale: orNull(text(2, 35, /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)),
  type: text(1, 20, /^(individual|organization)$/),
  roles,
  metadata: texts(text(0, 500)),
} as const;
const id = text(0, 1000);
const movement = { amount: id, metadata: user.metadata, reference: orNull(text(1, 128)) };

/** Members of each body; those with a star must be there. */
const BODIES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  createUser: { ...user, "email*": user.email, "display_name*": user.display_name },
  updateUser: { ...user, metadata: orNull(texts(orNull(text(0, 500)))), status: text(1, 10, /^(active|suspended)$/) },
  mintTokens: { ...movement, "user_id*": id, "amount*": id, reason: orNull(text(0, 280)) },
  transferTokens: { ...movement, "from_user_id*": id, "to_user_id*": id, "amount*": id, memo: orNull(text(0, 280)) },
  burnTokens: { ...movement, "user_id*": id, "amount*": id, reason: orNull(text(0, 280)) },
};

/** What is wrong with a body, as JSON pointers; empty when nothing is. */
export function wrongWith(operation: string, body: unknown): readonly string[] {
  const fields = BODIES[operation] ?? {};
  if (!isObject(body)) return [""];
  const required = Object.keys(fields).flatMap((name) => (name.endsWith("*") ? [name.slice(0, -1)] : []));
  const missing = required.filter((name) => !(name in body));
  const wrong = Object.entries(body).filter(([name, value]) => !(fields[name] ?? fields[`${name}*`])?.(value));
  return [...missing, ...wrong.map(([name]) => name)].map((name) => `/${name}`);
}
