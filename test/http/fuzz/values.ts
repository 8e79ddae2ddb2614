import { api, type Contract } from "../../support/contract.ts";
import type { Random } from "../../support/random.ts";
import type { Pool } from "./pool.ts";

type Schema = Readonly<Record<string, unknown>>;

export const ODD_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "",
  " ",
  "a/b~c",
  "💥",
  "\ud800",
  "Email",
  "id",
  "$ref",
  "0",
  "length",
];
const ODD_TEXTS = [
  "",
  " ",
  "null",
  "0",
  "💥".repeat(30),
  "a\u0000b",
  "\ud83d",
  "\udc00\ud800",
  "\u202egnp",
  "<script>",
  "'; DROP TABLE users; --",
  "{{7*7}}",
  "../../etc/passwd",
  "%00",
  "\r\nX: y",
  "ﬀ",
  "İ",
  "é\u0301",
];
const ODD_VALUES: readonly unknown[] = [null, true, false, 0, -1, 1.5, 2 ** 53, [], {}, [[]], [null], { a: 1 }, ...ODD_TEXTS];

/** What is small enough to be reached, and the most there is. */
const COUNTS = [1, 1, 2, 5, 2 ** 31 - 1];

/** Values by the schemas of the document: good ones, ones at the bounds, and bad ones. */
export class Values {
  readonly #random: Random;
  readonly #pool: Pool;
  readonly #contract: Contract;
  #serial = 0;

  constructor(random: Random, pool: Pool, contract = api) {
    this.#random = random;
    this.#pool = pool;
    this.#contract = contract;
  }

  /** A value that the schema at this pointer allows (nearly always). */
  good(pointer: string): unknown {
    const found = this.#contract.at(pointer);
    const name = found.pointer.split("/").at(-1) as string;
    return this.#named(name, found.pointer) ?? this.#bySchema(found.pointer, found.value);
  }

  /** Something that the schema most likely refuses. */
  bad(pointer: string): unknown {
    const { value: schema } = this.#contract.at(pointer);
    const random = this.#random;
    const max = schema.maxLength as number | undefined;
    if (max !== undefined && random.chance(0.3)) return random.pick(["x", "💥"]).repeat(max + random.int(0, 2));
    if (random.chance(0.02)) return "x".repeat(random.int(10_000, 200_000));
    if (random.chance(0.05)) return Array.from({ length: random.int(2, 300) }, (_, index) => (random.chance(0.5) ? index : "earner"));
    return random.pick(ODD_VALUES);
  }

  oddText(): string {
    return this.#random.chance(0.02) ? "x".repeat(this.#random.int(200, 6000)) : this.#random.pick([...ODD_TEXTS, ...ODD_NAMES]);
  }

  /** Schemas whose patterns or rules need a hand. */
  #named(name: string, pointer: string): unknown {
    const random = this.#random;
    const hex = (length: number) => Array.from({ length }, () => random.int(0, 15).toString(16)).join("");
    switch (name) {
      case "Email":
        return random.chance(0.1)
          ? (this.#pool.any("email") ?? "first@example.com")
          : `${random.pick(["a", "Z.z", "o'neil", "x+y"])}${++this.#serial}@Example.com`;
      case "AchievementCode":
        return `code-${random.chance(0.1) ? 1 : ++this.#serial}`;
      case "RequirementId":
      case "requirement_id":
        return random.pick(["a", "a", "b", "__proto__"]);
      case "Target":
        return random.pick(COUNTS);
      case "value":
        return pointer.includes("/ProgressUpdate/") ? random.pick(COUNTS) : undefined;
      case "AchievementIdInput":
        return this.#pool.any("ach") ?? "ach_01M1E4VNE00C1Z66Z2XVGNZH9K";
      case "BadgeIdInput":
        return this.#pool.any("bdg") ?? "bdg_01M1E4VNE00C1Z66Z2XVGNZH9K";
      case "UserIdInput":
      case "UserId":
        return this.#pool.any("usr") ?? "usr_01M1E4VNE00C1Z66Z2XVGNZH9K";
      case "AddressInput":
        return random.chance(0.2)
          ? (this.#pool.any("wallet") ?? `0x${hex(40)}`)
          : random.pick([`0x${hex(40)}`, `0x${hex(40)}`, `0x${"0".repeat(40)}`, `0x${hex(40).toUpperCase()}`]);
      case "AmountInput":
        return random.pick([
          "1",
          "0.5",
          "0.000000000000000001",
          "12.345678901234567890",
          "1000",
          "0",
          "0.0",
          "999999999999",
          "9999999999999.999999999999999999",
        ]);
      case "TimestampInput":
        return random.pick([
          "2031-01-01T00:00:00Z",
          "2099-12-31T23:59:59.999999999Z",
          "2016-12-31T23:59:60Z",
          "2020-02-29T00:00:00.5Z",
          "0000-01-01T00:00:00Z",
        ]);
      case "Locale":
        return random.pick(["en", "de-AT", "zh-Hant-TW", "abc"]);
      case "WebhookUrl":
        return random.pick(["http://127.0.0.1:9/hooks", "http://127.0.0.1:9/", "http://169.254.169.254/", "http://u:p@127.0.0.1:9/"]);
      case "EnabledEvents":
        return random.pick([["*"], ["badge.archived"], ["award.claimed", "user.created"], ["*", "user.created"]]);
      case "RewardAmountInput":
        return random.pick(["1", "5", "7.25", "0.5", "999999999999"]);
      case "ImageUrl":
      case "CriteriaUrl":
        return "https://a.example/picture.png";
      case "Website":
        return random.pick([
          "https://a.example",
          "http://a.example/p?q=1#f",
          `https://a.example/${"x".repeat(2028)}`,
          `https://a.example/${"x".repeat(2031)}`,
        ]);
      case "Metadata":
        return Object.fromEntries(
          Array.from({ length: random.pick([0, 1, 2, 50, 51]) }, (_, index) => [
            random.chance(0.1) ? random.pick(ODD_NAMES) : `k${index}`,
            random.pick(ODD_TEXTS),
          ]),
        );
      default:
        return undefined;
    }
  }

  #bySchema(pointer: string, schema: Schema): unknown {
    const random = this.#random;
    if (Array.isArray(schema.enum)) return random.pick(schema.enum as unknown[]);
    if ("const" in schema) return schema.const;
    // What a pattern or a rule allows is not guessed.
    if (this.#contract !== api && Array.isArray(schema.examples) && random.chance(0.8)) return random.pick(schema.examples);
    if (Array.isArray(schema.anyOf) && !("examples" in schema))
      return this.good(`${pointer}/anyOf/${random.int(0, schema.anyOf.length - 1)}`);
    const type = random.pick([schema.type].flat() as string[]);
    if (type === "object") return this.object(pointer);
    if (type === "array") return this.#array(pointer, schema);
    if (type === "integer") return random.int((schema.minimum as number) ?? 0, (schema.maximum as number) ?? 1000);
    if (type === "null") return null;
    if (type === "boolean") return random.chance(0.5);
    const { minLength = 0, maxLength = 40 } = schema as { minLength?: number; maxLength?: number };
    const length = random.pick([minLength, maxLength, random.int(minLength, Math.min(maxLength, 30))]);
    return random.pick(["x", "é", "💥", "\ud800"]).repeat(length);
  }

  #array(pointer: string, schema: Schema): unknown[] {
    const length = this.#random.int((schema.minItems as number) ?? 0, 3);
    const items = Array.from({ length }, () => this.good(`${pointer}/items`));
    return schema.uniqueItems ? [...new Set(items)] : items;
  }

  /** Its required members, and some of the others. */
  object(pointer: string): Record<string, unknown> {
    const found = this.#contract.at(pointer);
    const required = (found.value.required ?? []) as string[];
    const names = Object.keys((found.value.properties ?? {}) as Schema);
    const chosen = names.filter((name) => required.includes(name) || this.#random.chance(0.25));
    return Object.fromEntries(chosen.map((name) => [name, this.good(`${found.pointer}/properties/${name}`)]));
  }
}
