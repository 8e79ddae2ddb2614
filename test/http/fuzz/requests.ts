import { gzipSync } from "node:zlib";
import { at, type DocumentedOperation, operations } from "../../support/contract.ts";
import type { Random } from "../../support/random.ts";
import type { Pool } from "./pool.ts";
import { ODD_NAMES, type Values } from "./values.ts";

export interface FuzzRequest {
  readonly operation: DocumentedOperation;
  readonly method: string;
  /** From the origin. */
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | null;
}

/** How often an operation is asked for; others 20. What makes things to name comes more often than what ends them. */
const WEIGHTS: Readonly<Record<string, number>> = {
  ...{ createUser: 60, mintTokens: 60, transferTokens: 60, updateUser: 60, createAchievement: 60, recordProgress: 100 },
  ...{ createBadge: 40, publishBadge: 40, issueBadge: 60, applyForBadge: 60, rejectAward: 10, revokeAward: 10, archiveBadge: 4 },
  ...{ createApiKey: 40, rollApiKey: 40, claimAward: 30, createWebhookEndpoint: 10, deleteWebhookEndpoint: 3 },
  ...{ deleteUser: 6, deleteApiKey: 10, getDocs: 1, getOpenApiJson: 1, getOpenApiYaml: 1 },
};

/** Requests from the document: one third as it says, the others with one or a few things wrong. */
export class Requests {
  readonly #random: Random;
  readonly #values: Values;
  readonly #pool: Pool;
  readonly #keys: readonly string[];
  readonly #deck: readonly DocumentedOperation[];

  /** `keys`: API keys to send, the first most often. */
  constructor(random: Random, values: Values, pool: Pool, keys: readonly string[]) {
    this.#random = random;
    this.#values = values;
    this.#pool = pool;
    this.#keys = keys;
    this.#deck = operations.flatMap((operation) => Array(WEIGHTS[operation.id] ?? 20).fill(operation));
  }

  next(): FuzzRequest {
    const random = this.#random;
    const operation = random.pick(this.#deck);
    const wrong = random.chance(0.34) ? 0 : random.int(1, 3);
    const faults = new Set(Array.from({ length: wrong }, () => random.pick(["body", "body", "body", "query", "path", "header", "header"])));
    const headers = this.#headers(operation, faults.has("header"));
    return {
      operation,
      method:
        faults.has("header") && random.chance(0.1) ? random.pick(["PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "POST"]) : operation.method,
      url: `/v1${this.#path(operation, faults.has("path"))}${this.#query(operation, faults.has("query"))}`,
      headers,
      body: operation.body.size > 0 ? this.#body(operation, headers, faults.has("body")) : null,
    };
  }

  #path(operation: DocumentedOperation, broken: boolean): string {
    const prefixes: Record<string, string> = {
      user_id: "usr",
      transaction_id: "txn",
      event_id: "evt",
      api_key_id: "key",
      badge_id: "bdg",
      award_id: "awd",
      achievement_id: "ach",
      webhook_endpoint_id: "whe",
      delivery_id: "dlv",
      gets_id: "gets",
    };
    return operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const prefix = prefixes[name] as string;
      const known = this.#pool.any(prefix) ?? `${prefix}_01M1E4VNE00C1Z66Z2XVGNZH9K`;
      if (!broken) return known;
      const text = this.#values.oddText().toWellFormed();
      return this.#random.pick([
        encodeURIComponent(text) || "-",
        `${known}x`,
        known.toLowerCase(),
        "%zz",
        "%E0%A4%A",
        "%ff",
        "%2e%2e",
        "nobody",
        "current",
      ]);
    });
  }

  #query(operation: DocumentedOperation, broken: boolean): string {
    const random = this.#random;
    const parts = operation.parameters
      .filter((parameter) => parameter.in === "query" && random.chance(0.3))
      .map(({ name, pointer }) => {
        const value =
          name === "cursor"
            ? (this.#pool.any("cursor") ?? "")
            : broken && random.chance(0.5)
              ? this.#values.bad(pointer)
              : this.#values.good(pointer);
        return `${name}=${encodeURIComponent(String(value).toWellFormed())}`;
      });
    if (broken) {
      const extra = [
        () => `${encodeURIComponent(random.pick(ODD_NAMES).toWellFormed())}=${encodeURIComponent(this.#values.oddText().toWellFormed())}`,
        () => (parts[0] === undefined ? "limit=1&limit=2" : parts[0]),
        () =>
          random.pick([
            "limit=0",
            "limit=101",
            "limit=1e1",
            "limit=-1",
            "cursor=x",
            "cursor=",
            "&&&",
            "%zz=%zz",
            "limit[]=1",
            "__proto__[x]=1",
          ]),
      ];
      parts.push(random.pick(extra)());
    }
    return parts.length > 0 ? `?${parts.join("&")}` : "";
  }

  #headers(operation: DocumentedOperation, broken: boolean): Record<string, string> {
    const random = this.#random;
    const headers: Record<string, string> = { authorization: `Bearer ${random.chance(0.05) ? random.pick(this.#keys) : this.#keys[0]}` };
    const takes = (name: string) => operation.parameters.some((parameter) => parameter.in === "header" && parameter.name === name);
    if (takes("Idempotency-Key") && random.chance(0.3))
      headers["idempotency-key"] = random.pick([`k${random.int(1, 40)}`, `"k${random.int(1, 40)}"`, "~".repeat(255)]);
    const etag = () =>
      random.pick([this.#pool.any("etag") ?? "*", `W/${this.#pool.any("etag")}`, '"x"', "*", "", `"x", ${this.#pool.any("etag")}`]);
    if (takes("If-None-Match") && random.chance(0.3)) headers["if-none-match"] = etag();
    if (takes("If-Match") && random.chance(0.3)) headers["if-match"] = etag();
    if (!broken) return headers;
    const ways: [string, () => string | undefined][] = [
      [
        "authorization",
        () =>
          random.pick([
            undefined,
            "Bearer",
            "Basic x",
            "Bearer gets_test_x",
            `bearer ${this.#keys[0]}`,
            `Bearer ${random.pick(this.#keys)}`,
            `Bearer ${random.pick(this.#keys)}`,
            "\xe9",
          ]),
      ],
      [
        "accept",
        () => random.pick(["*/*", "text/html", "application/json", "image/png", "", ";;", "application/json;q=0", "x".repeat(5000)]),
      ],
      ["idempotency-key", () => random.pick(["", '"', '""', "\xe9", "a".repeat(256), '"a" b', "\\", "a\tb"])],
      ["content-encoding", () => random.pick(["gzip", "zip", "identity", "br, gzip", ""])],
      [
        "content-type",
        () =>
          random.pick([
            "text/plain",
            "",
            "application/json;charset=latin1",
            "multipart/form-data",
            "application/merge-patch+json",
            "APPLICATION/JSON",
            ";",
          ]),
      ],
      ["host", () => random.pick(["evil.example", "localhost", "[::1]:1", "127.0.0.1:65536"])],
      ["origin", () => "https://evil.example"],
      ["x-http-method-override", () => "DELETE"],
    ];
    const [name, value] = random.pick(ways);
    const chosen = value();
    if (chosen === undefined) delete headers[name];
    else headers[name] = chosen;
    return headers;
  }

  #body(operation: DocumentedOperation, headers: Record<string, string>, broken: boolean): Buffer | null {
    const random = this.#random;
    const [type, pointer] = random.pick([...operation.body]);
    headers["content-type"] ??= type;
    if (!operation.bodyRequired && random.chance(0.2)) return null;
    const value = this.#values.object(pointer);
    const bytes = Buffer.from(broken ? this.#broken(pointer, value) : JSON.stringify(value));
    if (headers["content-encoding"] === "gzip" && random.chance(0.7)) return gzipSync(bytes);
    if (broken && random.chance(0.02)) return Buffer.concat([bytes, Buffer.from([0xff, 0xfe])]);
    return bytes;
  }

  /** JSON text with something wrong in it. */
  #broken(pointer: string, value: Record<string, unknown>): string {
    const random = this.#random;
    const properties = Object.keys((at(pointer).value.properties ?? {}) as object);
    const name = properties.length > 0 ? random.pick(properties) : "x";
    const text = () => JSON.stringify(value);
    const ways: (() => string)[] = [
      () => JSON.stringify({ ...value, [name]: properties.length > 0 ? this.#values.bad(`${at(pointer).pointer}/properties/${name}`) : 1 }),
      () => JSON.stringify({ ...value, [name]: this.#values.oddText() }),
      () => JSON.stringify(Object.fromEntries(Object.entries(value).filter(([each]) => each !== name))),
      () =>
        `${text().slice(0, -1)}${text() === "{}" ? "" : ","}${JSON.stringify(random.pick(ODD_NAMES))}:${JSON.stringify(this.#values.oddText())}}`,
      () =>
        `${text().slice(0, -1)}${text() === "{}" ? "" : ","}${JSON.stringify(name)}:${random.pick(["null", "1", '"x"', "{}", "[]", "1e999", "-0"])}}`,
      () => text().slice(0, random.int(0, text().length)),
      () =>
        random.pick([
          "null",
          "[]",
          '"x"',
          "0",
          "true",
          "",
          " ",
          "{",
          "}",
          "[]]",
          "NaN",
          "\u0000",
          "\uFEFF{}",
          "[".repeat(5000),
          `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`,
        ]),
    ];
    if (random.chance(0.004)) return " ".repeat(random.pick([1_048_576, 1_048_577, 1_500_000]));
    return random.pick(ways)();
  }
}
