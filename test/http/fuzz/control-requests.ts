import { control, type DocumentedOperation } from "../../support/contract.ts";
import type { Random } from "../../support/random.ts";
import type { Pool } from "./pool.ts";
import type { FuzzRequest } from "./requests.ts";
import { ODD_NAMES, type Values } from "./values.ts";

/** How often an operation is asked for; others 20. */
const WEIGHTS: Readonly<Record<string, number>> = {
  ...{ resetSandbox: 8, importState: 8, seedSandbox: 25, addFault: 60, clearFaults: 5, createSnapshot: 40, advanceClock: 60 },
  ...{ createApiKey: 40, setRateLimits: 40, listRequests: 60, streamEvents: 40, exportState: 8, runDoctor: 4, getDocs: 1 },
};

/** Where a value would take its time, or lead where nothing is left to try. */
const CHOSEN: Readonly<Record<string, readonly unknown[]>> = {
  yaml: [
    ...["fixture: a\nsteps: []\n", "fixture: a\nsteps:\n  - fly: {}\n", "x".repeat(200_000), "[".repeat(30_000), "\u0000", ""],
    `fixture: a\nsteps:\n${"  - createUser: { display_name: Ada }\n".repeat(300)}`,
    `a: &a [1,2,3,4,5,6,7,8,9]\n${["b", "c", "d", "e", "f", "g", "h"].map((name, index) => `${name}: &${name} [${`*${"abcdefg"[index]},`.repeat(9)}]\n`).join("")}`,
  ],
  blocks: [1, 2, 0, 10_001],
  users: [0, 1, 3, 1_000_001],
  badges: [0, 1, -1],
  awards: [0, 1, 2],
  by: ["1s", "90m", 0, 1000, "1ms2ms", "9".repeat(15), "0.5d", ""],
  to: ["2026-02-01", "2020-01-01T00:00:00Z", "2026-01-02T03:04:05.678+05:00", "2027-02-30T00:00:00Z", "+020000-01-01T00:00:00Z", -1],
  path: ["/users/*", "*", "/v1/users/{user_id}", `${"*".repeat(999)}x`, "users"],
};

const METHODS = ["PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "POST", "GET"];

/** Requests to the control plane from its document: a third as it says, the others with something wrong. */
export class ControlRequests {
  readonly #random: Random;
  readonly #values: Values;
  readonly #pool: Pool;
  readonly #state: string;
  readonly #deck: readonly DocumentedOperation[];

  /** `state`: the text of an export. */
  constructor(random: Random, values: Values, pool: Pool, state: string) {
    this.#random = random;
    this.#values = values;
    this.#pool = pool;
    this.#state = state;
    this.#deck = control.operations.flatMap((operation) => Array(WEIGHTS[operation.id] ?? 20).fill(operation));
  }

  next(): FuzzRequest {
    const random = this.#random;
    const operation = random.pick(this.#deck);
    const wrong = random.chance(0.34)
      ? []
      : Array.from({ length: random.int(1, 2) }, () => random.pick(["body", "body", "query", "path", "header"]));
    const headers: Record<string, string> = {};
    if (wrong.includes("header")) this.#spoil(headers);
    const url = `/_sandbox${this.#path(operation, wrong.includes("path"))}${this.#query(operation, wrong.includes("query"))}`;
    const body = operation.body.size > 0 ? this.#body(operation, headers, wrong.includes("body")) : null;
    return {
      operation,
      method: wrong.includes("header") && random.chance(0.2) ? random.pick(METHODS) : operation.method,
      url,
      headers,
      body,
    };
  }

  #path({ path }: DocumentedOperation, isBroken: boolean): string {
    const kinds: Readonly<Record<string, string>> = { key_id: "key", fault_id: "flt", request_id: "req", event_id: "evt", name: "name" };
    return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const known = this.#pool.any(kinds[name] as string) ?? "none";
      if (!isBroken) return known;
      return this.#random.pick([
        encodeURIComponent(this.#values.oddText().toWellFormed()) || "-",
        "%zz",
        "%ff",
        "%2e%2e",
        "x".repeat(200),
        `${known}x`,
      ]);
    });
  }

  #query({ parameters }: DocumentedOperation, isBroken: boolean): string {
    const random = this.#random;
    const known = parameters.filter((each) => each.in === "query" && random.chance(0.3));
    const parts = known.map(({ name, pointer }) => {
      const chosen = CHOSEN[name];
      const value =
        name === "cursor"
          ? (this.#pool.any("cursor") ?? "x")
          : isBroken && random.chance(0.5)
            ? this.#values.bad(pointer)
            : chosen
              ? random.pick(chosen)
              : this.#values.good(pointer);
      return `${name}=${encodeURIComponent(String(value).toWellFormed())}`;
    });
    if (isBroken)
      parts.push(
        random.pick([
          `${encodeURIComponent(random.pick(ODD_NAMES).toWellFormed())}=1`,
          "limit=0",
          "limit=1&limit=2",
          "cursor=",
          "%zz=%zz",
          "path[]=1",
        ]),
      );
    return parts.length > 0 ? `?${parts.join("&")}` : "";
  }

  #spoil(headers: Record<string, string>): void {
    const random = this.#random;
    const ways: readonly [string, readonly string[]][] = [
      ["accept", ["image/png", "*/*", "", ";;", "application/json;q=0", "x".repeat(5000)]],
      ["content-type", ["text/plain", "", "application/json;charset=latin1", "APPLICATION/JSON", "application/yaml"]],
      ["content-encoding", ["gzip", "zip", "identity"]],
      ["sandbox-id", ["sbx_00000000000000000000000000", "", "x".repeat(2000)]],
      ["host", ["evil.example", "localhost"]],
      ["origin", ["https://evil.example", "null"]],
      ["last-event-id", ["none", "\xe9", "x".repeat(500), this.#pool.any("evt") ?? "evt_x"]],
      ["authorization", ["Bearer x", "\xe9"]],
    ];
    const [name, values] = random.pick(ways);
    headers[name] = random.pick(values);
  }

  #body({ body, bodyRequired }: DocumentedOperation, headers: Record<string, string>, isBroken: boolean): Buffer | null {
    const random = this.#random;
    const [type, pointer] = random.pick([...body]);
    headers["content-type"] ??= type;
    if (!bodyRequired && random.chance(0.3)) return null;
    if (type !== "application/json") {
      const cut = random.int(0, this.#state.length);
      return Buffer.from(
        isBroken
          ? random.pick([
              this.#state.slice(0, cut),
              `${this.#state.slice(0, cut)}\u0000${this.#state.slice(cut)}`,
              "state: 2",
              "a: &a [*a]",
            ])
          : this.#state,
      );
    }
    const value = this.#object(pointer);
    const text = JSON.stringify(value);
    if (!isBroken) return Buffer.from(text);
    const [name = "x"] = Object.keys(value);
    return Buffer.from(
      random.pick([
        () => JSON.stringify({ ...value, [name]: this.#values.bad(`${pointer}`) }),
        () => JSON.stringify({ ...value, [name]: { toString: 1 } }),
        () => JSON.stringify({ ...value, [name]: this.#values.oddText() }),
        () => JSON.stringify({ ...value, [random.pick(ODD_NAMES)]: 1 }),
        () => text.slice(0, random.int(0, text.length)),
        () =>
          random.pick([
            "null",
            "[]",
            '"x"',
            "",
            " ",
            "{",
            "[".repeat(5000),
            `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`,
            " ".repeat(random.pick([10, 1_048_577])),
          ]),
      ])(),
    );
  }

  /** Members of a schema and of what it is made of, one of those that exclude each other. */
  #object(pointer: string): Record<string, unknown> {
    const { value, pointer: place } = control.at(pointer);
    const parts = ((value.allOf ?? []) as object[]).map((_, index) => this.#object(`${place}/allOf/${index}`));
    const own = Object.assign({}, ...parts, this.#values.object(place)) as Record<string, unknown>;
    const choices = ((value.oneOf ?? []) as { required: string[] }[]).map(({ required }) => required[0] as string);
    if (choices.length > 0 && "properties" in value && this.#random.chance(0.9)) {
      const one = this.#random.pick(choices);
      for (const each of choices) delete own[each];
      delete own.file;
      own[one] = this.#values.good(`${place}/properties/${one}`);
    }
    for (const [name, member] of Object.entries(own)) own[name] = this.#chosen(name, member);
    // Most faults would not name one operation and a path as well.
    if ("operationId" in own && this.#random.chance(0.8)) for (const name of ["path", "method", "chain", "connection"]) delete own[name];
    return own;
  }

  #chosen(name: string, member: unknown): unknown {
    const chosen = CHOSEN[name];
    if (chosen) return this.#random.pick(chosen);
    if (name !== "generate") return member;
    return Object.fromEntries(["users", "badges", "awards"].map((each) => [each, this.#random.pick(CHOSEN[each] as readonly unknown[])]));
  }
}
