/** JSON Schema of one setting in the configuration file. */
type ValueSchema = Readonly<Record<string, unknown>>;

/** What a setting may be: as a value of the configuration file, and as the text of a flag or an environment variable. */
export interface Kind<T> {
  /** What is accepted, for the message that refuses something else. */
  readonly accepts: string;
  /** Not repeated in a message. */
  readonly isSecret?: true;
  /** Accepts exactly what `read` does. */
  readonly schema: ValueSchema;
  /** The setting from a value of the file; undefined when it is not acceptable. */
  read(value: unknown): T | undefined;
  /** The value that a text stands for; the text itself where it stands for none. */
  fromText(text: string): unknown;
}

export interface Setting<T> extends Kind<T> {
  /** As commander writes it: `--port <number>`. */
  readonly flag: string;
  readonly description: string;
  readonly initial: T;
}

const same = (text: string): unknown => text;

export function text(accepts: string): Kind<string> {
  return {
    accepts,
    schema: { type: "string", minLength: 1 },
    read: (value) => (typeof value === "string" && value !== "" ? value : undefined),
    fromText: same,
  };
}

export const textOrNumber: Kind<string> = {
  accepts: "a text or number",
  schema: { type: ["string", "number"], minLength: 1 },
  read: (value) => (Number.isFinite(value) ? String(value) : text("").read(value)),
  fromText: same,
};

export const yesOrNo: Kind<boolean> = {
  accepts: "true or false",
  schema: { type: "boolean" },
  read: (value) => (typeof value === "boolean" ? value : undefined),
  fromText: (text) => (/^(true|1)$/.test(text) ? true : /^(false|0)$/.test(text) ? false : text),
};

export function whole(minimum: number, maximum: number): Kind<number> {
  return {
    accepts: `a whole number from ${minimum} to ${maximum}`,
    schema: { type: "integer", minimum, maximum },
    read: (value) =>
      Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum ? (value as number) : undefined,
    fromText: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  };
}

/** A number from 0 to 1. */
export const share: Kind<number> = {
  accepts: "a number from 0 to 1",
  schema: { type: "number", minimum: 0, maximum: 1 },
  read: (value) => (typeof value === "number" && value >= 0 && value <= 1 ? value : undefined),
  fromText: (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text),
};

export function oneOf<T extends string>(...allowed: readonly T[]): Kind<T> {
  return {
    accepts: `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`,
    schema: { type: "string", enum: allowed },
    read: (value) => allowed.find((each) => each === value),
    fromText: same,
  };
}

/** Names without spaces and commas: one, or a list. */
export function names(what: string): Kind<readonly string[]> {
  return listOf(`${what} without spaces, a list of them in the file, separated by commas elsewhere`, /^[^\s,]+$/);
}

/** Texts of a form without commas: one, or a list. */
export function listOf(accepts: string, pattern: RegExp): Kind<readonly string[]> {
  const item = { type: "string", pattern: pattern.source };
  const isItem = (value: unknown): value is string => typeof value === "string" && pattern.test(value);
  return {
    accepts,
    schema: { anyOf: [item, { type: "array", items: item }] },
    read: (value) => (isItem(value) ? [value] : Array.isArray(value) && value.every(isItem) ? value : undefined),
    fromText: (text) => text.split(",").map((each) => each.trim()),
  };
}

/** Texts of a form, and what they mean. */
export function form<T>(accepts: string, pattern: RegExp, meaning: (text: string) => T): Kind<T> {
  return {
    accepts,
    schema: { type: "string", pattern: pattern.source },
    read: (value) => (typeof value === "string" && pattern.test(value) ? meaning(value) : undefined),
    fromText: same,
  };
}
