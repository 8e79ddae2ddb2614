import type { Check, Group } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import { said } from "../kit/expect.ts";
import { Untestable } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import { enveloped } from "../kit/survey.ts";

/** One version, under /v1, that only grows. */

const checks: readonly Check[] = [
  {
    id: "VERS-01",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: "Every operation lives under /v1.",
    hint: "Mount the router once, below /v1.",
    requests: 9,
    sweeps: true,
    async run(t) {
      t.expect.that(new URL(t.target.baseUrl).pathname.endsWith("/v1"), "the base URL ends in /v1", { actual: t.target.baseUrl });
      const nowhere = await t.send({ method: "GET", path: `/${t.random.word()}` });
      // Without a key an operation that exists says 401, whatever its ids; one that does not exist says 404.
      for (const { operation, exchange } of await t.keyless()) {
        const isThere = ![404, 405, 501].includes(exchange.status);
        t.expect.that(isThere, `${operation.method} ${operation.path} is not served under /v1`, {
          exchange,
          pointer: "status",
          expected: 401,
          actual: exchange.status,
        });
      }
      for (const operation of t.operations(({ secured, path }) => !secured && !path.includes("{"))) {
        const exchange = await t.call(operation.id);
        t.expect.ok(exchange, `${operation.method} ${operation.path} under /v1`);
      }
      t.expect.status(nowhere, [404], "a path that the document does not have");
    },
  },
  {
    id: "VERS-02",
    level: "MUST",
    provenance: "K",
    mode: "r",
    requirement: "An unknown version is answered 404 in the envelope, never with what /v1 would say.",
    hint: "Do not match the version with a wildcard.",
    requests: 4,
    async run(t) {
      for (const version of ["v999", "v0", "v2"]) {
        const exchange = await t.send({ method: "GET", path: "", url: elsewhere(t, `/${version}`), operationId: null });
        t.expect.refused(exchange, { status: [404], codes: null }, `/${version}`);
        t.expect.equal(exchange.json?.status, "error", `/${version} is refused in the envelope`, { exchange, pointer: "/status" });
      }
      t.expect.ok(await t.call("listUsers"), "/v1");
    },
  },
  {
    id: "VERS-03",
    level: "SHOULD",
    provenance: "K",
    mode: "r",
    requirement: "A path without version is not served.",
    hint: "An address without version cannot be kept stable.",
    requests: 2,
    async run(t) {
      const exchange = await t.send({ method: "GET", path: "", url: elsewhere(t, ""), operationId: null });
      t.expect.that(exchange.status >= 400, "the same path without /v1 is served", {
        exchange,
        pointer: "status",
        expected: 404,
        actual: exchange.status,
      });
      t.expect.ok(await t.call("listUsers"), "with /v1");
    },
  },
  {
    id: "VERS-04",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "Members keep the name and the type that the v1 document gives them.",
    hint: "Add members; never rename one, drop one or change its type within v1.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      const answers = enveloped(await t.traffic(), "success", t.document).filter(({ documented }) => documented !== null);
      if (answers.length === 0) throw new Untestable("no answer of the run was a documented success");
      for (const exchange of answers) {
        const pointer = exchange.documented?.content.get("application/json") as string;
        const faults = t.document
          .faults(pointer, exchange.json)
          .filter(({ pointer: at, keyword }) => at.startsWith("/data/") && ["required", "type"].includes(keyword));
        const [fault] = faults;
        t.expect.that(fault === undefined, `${said(exchange)}: ${fault?.pointer} ${fault?.message}`, {
          exchange,
          pointer: fault?.pointer ?? "",
          actual: at(exchange.json, fault?.pointer ?? ""),
        });
      }
    },
  },
];

export const vers: Group = { name: "VERS", title: "Versioning", checks };

/** listUsers with another version in the address. */
function elsewhere(t: Probe, version: string): string {
  return t.target.baseUrl.replace(/\/v1$/, version) + t.request("listUsers").path;
}

function at(value: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((inner, step) => (inner as Json | undefined)?.[step], value);
}
