import type { Check, Group } from "../kit/check.ts";
import type { Exchange } from "../kit/exchange.ts";
import { said } from "../kit/expect.ts";
import { NotApplicable, Untestable } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import type { Fault } from "../kit/schema.ts";
import { enveloped } from "../kit/survey.ts";

/** The envelope: `{status: "success", data, message}` or `{status: "error", error}`. Judged over every answer of the run. */

async function successes(t: Probe): Promise<readonly Exchange[]> {
  const found = enveloped(await t.traffic(), "success", t.document);
  if (found.length === 0) throw new Untestable("no answer of the run was a success that the document declares as an envelope");
  return found;
}

async function errors(t: Probe): Promise<readonly Exchange[]> {
  const found = enveloped(await t.traffic(), "error", t.document);
  if (found.length === 0) throw new Untestable("no answer of the run was an error");
  return found;
}

/** The `error` member, where it is an object: that it is one is ENV-04's matter. */
function errorOf({ json }: Exchange): Readonly<Record<string, unknown>> | null {
  const error = json?.error;
  return error !== null && typeof error === "object" && !Array.isArray(error) ? (error as Record<string, unknown>) : null;
}

const has = (exchange: Exchange, name: string) => exchange.json !== undefined && Object.hasOwn(exchange.json, name);

function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

const checks: readonly Check[] = [
  {
    id: "ENV-01",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: 'Every 2xx body is a JSON object whose `status` is exactly "success".',
    hint: "Build every success answer in one place; this one was built elsewhere.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      for (const exchange of await successes(t)) {
        t.expect.equal(exchange.json?.status, "success", `${said(exchange)}: status`, { exchange, pointer: "/status" });
      }
    },
  },
  {
    id: "ENV-02",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: "Every 2xx body has a member `data` of its own, of the type that the operation declares.",
    hint: "An empty result is an empty object or list, not a missing or null `data`.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      for (const exchange of await successes(t)) {
        t.expect.that(has(exchange, "data"), `${said(exchange)}: the body has no member data`, { exchange, pointer: "/data" });
        const declared = dataTypeOf(t, exchange);
        if (declared)
          t.expect.equal(typeOf(exchange.json?.data), declared, `${said(exchange)}: type of data`, { exchange, pointer: "/data" });
      }
    },
  },
  {
    id: "ENV-03",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: "`message` of a success is a string if it is present.",
    hint: "A message is a sentence for people; structured facts belong into data.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      for (const exchange of await successes(t)) {
        const type = has(exchange, "message") ? typeOf(exchange.json?.message) : "string";
        t.expect.equal(type, "string", `${said(exchange)}: type of message`, { exchange, pointer: "/message" });
      }
    },
  },
  {
    id: "ENV-04",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: 'Every 4xx and 5xx body is an object whose `status` is exactly "error" and whose `error` is an object.',
    hint: "Errors of the framework or a gateway bypass the envelope; translate them where answers are built.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      for (const exchange of (await errors(t)).filter(({ operationId }) => operationId !== null)) {
        t.expect.equal(exchange.json?.status, "error", `${said(exchange)}: status`, { exchange, pointer: "/status" });
        t.expect.equal(typeOf(exchange.json?.error), "object", `${said(exchange)}: type of error`, { exchange, pointer: "/error" });
      }
    },
  },
  {
    id: "ENV-05",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: "`error.code` is a non-empty string.",
    hint: "Clients branch on the code; each error needs one.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      const all = await errors(t);
      for (const exchange of all) {
        const error = errorOf(exchange);
        if (error)
          t.expect.that(isText(error.code), `${said(exchange)}: error.code is no text`, {
            exchange,
            pointer: "/error/code",
            expected: "a non-empty string",
            actual: error.code,
          });
      }
    },
  },
  {
    id: "ENV-06",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: "`error.message` is a non-empty string.",
    hint: "Say what is wrong and what to do; an empty message helps nobody.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      for (const exchange of await errors(t)) {
        const error = errorOf(exchange);
        if (error)
          t.expect.that(isText(error.message), `${said(exchange)}: error.message is no text`, {
            exchange,
            pointer: "/error/message",
            expected: "a non-empty string",
            actual: error.message,
          });
      }
    },
  },
  {
    id: "ENV-07",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "The HTTP status and the envelope agree: no error with 2xx, no success with 4xx or 5xx.",
    hint: "A client that looks at only one of the two must not be misled.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      for (const exchange of [...(await successes(t)), ...(await errors(t))]) {
        const wrong = exchange.status < 300 ? "error" : "success";
        const misled = exchange.json?.status === wrong || (exchange.status < 300 && errorOf(exchange) !== null && !has(exchange, "data"));
        t.expect.that(!misled, `${said(exchange)} carries the envelope of the other kind`, {
          exchange,
          pointer: "/status",
          actual: exchange.json?.status,
          expected: wrong === "error" ? "success" : "error",
        });
      }
    },
  },
  {
    id: "ENV-08",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "A success has no `error`, and an error has no `data` other than null.",
    hint: "Leave the member out instead of sending both.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      for (const exchange of await successes(t)) {
        t.expect.that(!has(exchange, "error"), `${said(exchange)}: a success has a member error`, {
          exchange,
          pointer: "/error",
          actual: exchange.json?.error,
        });
      }
      for (const exchange of await errors(t)) {
        t.expect.that((exchange.json?.data ?? null) === null, `${said(exchange)}: an error has data`, {
          exchange,
          pointer: "/data",
          actual: exchange.json?.data,
        });
      }
    },
  },
  {
    id: "ENV-09",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement:
      "The error envelope holds on every error path: malformed JSON, no key, unknown route, refused method, too large, wrong media type, throttled.",
    hint: "Install the error handler after the last route, and give the body parser's errors the same way out.",
    requests: 6,
    judgesTraffic: true,
    async run(t) {
      const json = { "Content-Type": "application/json" };
      const probes = [
        { what: "malformed JSON", allowed: [400, 422], exchange: await t.call("createUser", { raw: '{"email": "a', headers: json }) },
        { what: "no key", allowed: [401], exchange: await t.call("listUsers", { key: null }) },
        {
          what: "an unknown route",
          allowed: [404],
          exchange: await t.send({ method: "GET", path: `/${t.random.word()}/${t.random.word()}` }),
        },
        {
          what: "a method that the path does not have",
          allowed: [404, 405],
          exchange: await t.send({ method: "PUT", path: "/users", json: {} }),
        },
        {
          what: "a body of more than 1 MiB",
          allowed: [413],
          exchange: await t.call("createUser", { json: { display_name: "x".repeat(1_100_000) } }),
        },
        {
          what: "a body of another media type",
          allowed: [415, 400, 422],
          exchange: await t.call("createUser", { raw: "<user/>", headers: { "Content-Type": "application/xml" } }),
        },
      ];
      for (const { what, allowed, exchange } of probes) {
        t.expect.status(exchange, allowed, `${what} is refused`);
        wellEnveloped(t, exchange, what);
      }
      for (const exchange of (await t.traffic()).filter(({ status }) => status === 429)) wellEnveloped(t, exchange, "a throttled request");
    },
  },
  {
    id: "ENV-10",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement:
      "Each answer has a status that the document lists for the operation, and a body that is valid for that status; further members are allowed.",
    hint: "The pointer names the member that differs from the document.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      const traffic = (await t.traffic()).filter(({ operationId }) => operationId !== null);
      if (traffic.length === 0) throw new NotApplicable("no operation of the document was called");
      for (const exchange of traffic) {
        t.expect.that(exchange.documented !== null, `${said(exchange)}: the document does not list this status`, {
          exchange,
          pointer: "status",
          expected: documentedStatuses(t, exchange),
          actual: exchange.status,
        });
        const [fault] = bodyFaults(t, exchange);
        t.expect.that(fault === undefined, `${said(exchange)}: ${fault?.pointer} ${fault?.message}`, {
          exchange,
          pointer: fault?.pointer ?? "",
          expected: fault?.message,
        });
      }
    },
  },
];

export const env: Group = { name: "ENV", title: "Envelope", checks };

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function wellEnveloped(t: Probe, exchange: Exchange, what: string): void {
  const error = errorOf(exchange);
  const evidence = { exchange, expected: '{"status": "error", "error": {"code", "message"}}', actual: exchange.text.slice(0, 200) };
  t.expect.that(exchange.json?.status === "error" && error !== null, `${what}: no error envelope`, { ...evidence, pointer: "" });
  t.expect.that(isText(error?.code) && isText(error?.message), `${what}: the envelope has no code or message`, {
    ...evidence,
    pointer: "/error",
  });
}

function dataTypeOf(t: Probe, { documented }: Exchange): string | null {
  const pointer = documented?.content.get("application/json");
  if (!pointer) return null;
  const { properties } = t.document.schema(pointer) as { properties?: { data?: unknown } };
  if (!properties?.data) return null;
  const place = t.document.place(pointer);
  const { type } = t.document.schema(`${place}/properties/data`);
  return typeof type === "string" ? type : null;
}

function documentedStatuses(t: Probe, { operationId }: Exchange): string {
  return [...t.document.operation(operationId as string).responses.keys()].join(", ");
}

/** Faults of the schema beside those that ENV-01 and ENV-03 to ENV-06 judge, so that one defect is one failure. */
function bodyFaults(t: Probe, exchange: Exchange): readonly Fault[] {
  const { documented, json, sent } = exchange;
  const pointer = documented?.content.get("application/json");
  const isJson = exchange.headers["content-type"]?.startsWith("application/json") ?? true;
  if (!pointer || sent.method === "HEAD" || !isJson) return [];
  const others = ["", "/status", "/message", "/error", "/error/code", "/error/message"];
  return t.document.faults(pointer, json).filter(({ pointer: at }) => !others.includes(at));
}
