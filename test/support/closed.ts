/**
 * A document whose answers are closed: members that it does not name are found. Clients must tolerate them, so the document itself leaves
 * answers open; a sandbox of this version sends none. What a schema is composed of (`allOf`) is closed where it is put together.
 */
export function closed<D>(document: D): D {
  const parts = new Set<string>();
  visit(document, (schema) => {
    for (const part of listOf(schema.allOf)) if (typeof part.$ref === "string") parts.add(part.$ref);
  });
  return close(document, "#", parts, false) as D;
}

type Json = Readonly<Record<string, unknown>>;

/** Their values are no schemas. */
const DATA: ReadonlySet<string> = new Set(["example", "examples", "default", "const", "enum"]);
const CLOSING = ["additionalProperties", "unevaluatedProperties"];

function close(value: unknown, pointer: string, parts: ReadonlySet<string>, isPart: boolean): unknown {
  if (Array.isArray(value)) return value.map((each, index) => close(each, `${pointer}/${index}`, parts, isPart));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, each]) => [
    name,
    DATA.has(name) && !isObject(each) ? each : close(each, `${pointer}/${name}`, parts, name === "allOf"),
  ]);
  const schema = Object.fromEntries(members);
  if (isPart || parts.has(pointer) || CLOSING.some((name) => name in value)) return schema;
  if ("allOf" in value && !("items" in value)) return { ...schema, unevaluatedProperties: false };
  return [value.type].flat().includes("object") && isObject(value.properties) ? { ...schema, additionalProperties: false } : schema;
}

function visit(value: unknown, seen: (object: Json) => void): void {
  if (isObject(value)) seen(value);
  if (typeof value === "object" && value !== null) for (const each of Object.values(value)) visit(each, seen);
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : []);
