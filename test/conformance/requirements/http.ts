import type { Check, Group } from "../kit/check.ts";
import type { DocumentedOperation } from "../kit/document.ts";
import type { Exchange } from "../kit/exchange.ts";
import { said } from "../kit/expect.ts";
import { unknownId } from "../kit/ids.ts";
import { NotApplicable, Untestable } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";

/** How the API speaks HTTP. */

const JSON_TYPE = { "Content-Type": "application/json" };

const checks: readonly Check[] = [
  {
    id: "HTTP-01",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement:
      "Every JSON answer is `Content-Type: application/json` (parameters allowed), valid UTF-8 and strict JSON without a name twice in an object.",
    hint: "Set the type where the body is serialised, and serialise with a JSON library.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      const answers = (await t.traffic()).filter((exchange) => isDeclaredJson(t, exchange));
      if (answers.length === 0) throw new Untestable("no answer of the run has a JSON body");
      for (const exchange of answers) {
        const type = (exchange.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
        t.expect.equal(type, "application/json", `${said(exchange)}: Content-Type`, { exchange, pointer: "content-type" });
        const problem = "problem" in exchange.strict ? exchange.strict.problem : null;
        t.expect.that(problem === null, `${said(exchange)}: the body ${problem}`, {
          exchange,
          pointer: "",
          actual: exchange.text.slice(0, 200),
        });
      }
    },
  },
  {
    // RFC 9110, 15.5.6: "The origin server MUST generate an Allow header field in a 405 response containing a list of the target
    // resource's currently supported methods."
    id: "HTTP-02",
    level: "MUST",
    provenance: "R",
    mode: "r",
    requirement:
      "A method that a path does not have is refused with 405 (404 on templated paths), and a 405 carries Allow with the documented methods.",
    hint: "Add a handler for all other methods of a path, after those that it has.",
    requests: 13,
    async run(t) {
      const byPath = Map.groupBy(t.operations(), ({ path }) => path);
      const paths = ["/users", "/users/{user_id}", "/tokens", "/tokens/mint", "/tokens/transactions", "/meta"].filter((path) =>
        byPath.has(path),
      );
      if (paths.length === 0) throw new Untestable("none of the probed paths is offered");
      for (const path of paths) {
        const served = byPath.get(path) as readonly DocumentedOperation[];
        const has = served.map(({ method }) => method as string);
        const undefinedMethods = ["PUT", "DELETE", "GET", "PATCH"].filter((method) => !has.includes(method)).slice(0, 2);
        for (const method of undefinedMethods) {
          const exchange = await t.send({ method, path: await placeOf(t, served), ...(method === "GET" ? {} : { json: {} }) });
          const what = `${method} ${path}, which the document does not have, is refused`;
          const codes = exchange.status === 404 ? null : /METHOD|NOT_ALLOWED/;
          t.expect.refused(exchange, { status: path.includes("{") || hasTemplate(t, path) ? [405, 404] : [405], codes }, what);
          if (exchange.status !== 405) continue;
          const allow = (exchange.headers.allow ?? "").split(",").map((each) => each.trim().toUpperCase());
          const missing = has.filter((each) => !allow.includes(each));
          t.expect.that(missing.length === 0, `Allow of ${path} does not name ${missing.join(", ")}`, {
            exchange,
            pointer: "allow",
            expected: has.join(", "),
            actual: exchange.headers.allow ?? "(absent)",
          });
        }
      }
      if (t.offers("listUsers")) t.expect.ok(await t.call("listUsers"), "the documented method of the same path works");
    },
  },
  {
    id: "HTTP-03",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Malformed JSON is refused with a 400-class parse or validation code, and nothing is created.",
    hint: "Parse strictly and answer before anything is read from what could be parsed.",
    requests: 11,
    async run(t) {
      const bodies: readonly [what: string, make: (whole: string) => string | Buffer][] = [
        ["cut off at the end", (whole) => whole.slice(0, -1)],
        ["with a comma before the last brace", (whole) => `${whole.slice(0, -1)},}`],
        ["in single quotes", (whole) => whole.replaceAll('"', "'")],
        ["with text after it", (whole) => `${whole}x`],
        [
          "with bytes that are no UTF-8",
          (whole) => Buffer.concat([Buffer.from(whole.slice(0, -2)), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
        ],
      ];
      for (const [what, make] of bodies) {
        const { email } = t.person();
        const raw = make(JSON.stringify({ email, display_name: "Malformed" }));
        const exchange = await t.call("createUser", { wire: wireHeaders(t), raw });
        t.made(exchange);
        t.expect.refused(exchange, { status: [400, 422], codes: /JSON|PARSE|MALFORMED|VALIDATION|INVALID/ }, `JSON ${what} is refused`);
        await nothingCreated(t, String(email), exchange, `JSON ${what}`);
      }
      const good = await t.call("createUser", { json: t.person() });
      t.made(good);
      t.expect.ok(good, "the same request in good JSON works");
    },
  },
  {
    // RFC 9110, 15.5.16: 415 "the origin server is refusing to service the request because the content is in a format not supported".
    id: "HTTP-04",
    level: "SHOULD",
    provenance: "R",
    mode: "w",
    requirement: "A body of a wrong media type is answered 415; it MUST be refused with a 4xx and never stored.",
    hint: "Look at Content-Type before the body; a parser that guesses accepts what a browser form sends across sites.",
    requests: 7,
    async run(t) {
      const statuses: Exchange[] = [];
      for (const type of ["text/plain", "application/xml", "application/x-www-form-urlencoded"]) {
        const person = t.person();
        const exchange = await t.call("createUser", { wire: wireHeaders(t, type), raw: JSON.stringify(person) });
        t.made(exchange);
        const isRefused = exchange.status >= 400 && exchange.status < 500;
        t.expect.that(isRefused, `a body sent as ${type} is refused`, {
          exchange,
          pointer: "status",
          expected: "a 4xx",
          actual: exchange.status,
          mandatory: true,
        });
        await nothingCreated(t, String(person.email), exchange, `a body sent as ${type}`, true);
        statuses.push(exchange);
      }
      const good = await t.call("createUser", { wire: wireHeaders(t), raw: JSON.stringify(t.person()) });
      t.made(good);
      t.expect.ok(good, "the same body as application/json works");
      for (const exchange of statuses) t.expect.refused(exchange, { status: [415], codes: null }, "a wrong media type is answered 415");
    },
  },
  {
    id: "HTTP-05",
    level: "MUST",
    provenance: "K",
    mode: "w",
    requirement: "Input that violates the schema never leads to a 5xx.",
    hint: "Validate the type of every member before it is used.",
    requests: 16,
    async run(t) {
      const person = t.person();
      const values: readonly unknown[] = [null, 1, "", [], {}, true, "x".repeat(5000), "\u0000", [[[[]]]]];
      const probes = (operationId: string, members: Record<string, unknown>) =>
        Object.keys(members).map((name) => ({ operationId, json: { ...members, [name]: t.random.pick(values) }, name }));
      const all = [
        ...probes("createUser", {
          ...person,
          type: "individual",
          roles: ["earner"],
          external_id: `conf-${t.runId}-${t.random.word()}`,
          locale: "en",
        }),
        ...(t.offers("mintTokens")
          ? values.slice(0, 5).map((value) => ({ operationId: "mintTokens", json: { user_id: value, amount: value }, name: "amount" }))
          : []),
        ...[null, [], "text"].map((json) => ({ operationId: "createUser", json, name: "the whole body" })),
      ];
      for (const { operationId, json, name } of all) {
        const exchange = await t.call(operationId, { json });
        t.made(exchange);
        t.expect.that(exchange.status < 500, `${operationId} with a wrong ${name}: ${exchange.status}`, {
          exchange,
          pointer: "status",
          expected: "a 4xx",
          actual: exchange.status,
        });
      }
      const good = await t.call("createUser", { json: t.person() });
      t.made(good);
      t.expect.ok(good, "good input works");
    },
  },
  {
    id: "HTTP-06",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement:
      "An unknown id is answered 404 with a NOT_FOUND code, a malformed one 400 or 404 (verification answers unknown badges itself).",
    hint: "An empty answer for an id that does not exist hides typing errors.",
    requests: 15,
    async run(t) {
      const lookups = t.operations(
        ({ method, path, id }) =>
          method === "GET" && /\{\w+\}$/.test(path) && (path.match(/\{/g) ?? []).length === 1 && !/^verify/.test(id),
      );
      const nested = t.operations(({ id }) => id === "getUserBalance" || id === "listUserAwards");
      if (lookups.length === 0) throw new Untestable("no operation reads one object");
      for (const [index, operation] of [...lookups, ...nested].entries()) {
        const [, name = ""] = /\{(\w+)\}/.exec(operation.path) ?? [];
        const unknown = await t.call(operation.id, { params: { [name]: unknownId(t.random, name) } });
        t.expect.refused(unknown, { status: [404], codes: /NOT_FOUND/ }, `${operation.id} of an unknown id`);
        if (index > 2) continue;
        const malformed = await t.call(operation.id, { params: { [name]: "not an id" } });
        t.expect.refused(
          malformed,
          { status: [404, 400], codes: malformed.status === 404 ? /NOT_FOUND/ : null },
          `${operation.id} of a malformed id`,
        );
      }
      if (!t.offers("getUser")) return;
      const { id } = await t.subject();
      t.expect.ok(await t.call("getUser", { params: { user_id: id } }), "an id that exists is found");
    },
  },
  {
    // RFC 9110, 15.3.2: "The primary resource created by the request is identified by either a Location header field […] or […] the target URI."
    id: "HTTP-07",
    level: "SHOULD",
    provenance: "R",
    mode: "m",
    requirement: "Creating answers 201 (or the documented status), and a 201 has a Location that leads to what was created.",
    hint: "Location may be relative; it is resolved against the request's URL.",
    requests: 4,
    async run(t) {
      const created = await t.call("createUser", { json: t.person() });
      const id = t.made(created);
      t.expect.ok(created, "creating a user");
      const minted = id && t.offers("mintTokens") ? await t.call("mintTokens", { json: { user_id: id, amount: "1" } }) : null;
      if (minted) t.expect.ok(minted, "minting");
      if (minted && minted.status < 300) await t.confirmed(minted);
      const made = [created, ...(minted ? [minted] : [])].filter(({ status }) => status === 201);
      if (made.length === 0) throw new NotApplicable("nothing was answered 201");
      for (const exchange of made) {
        const location = exchange.headers.location ?? "";
        t.expect.that(location !== "", `${said(exchange)} has no Location`, { exchange, pointer: "location" });
        const url = new URL(location, exchange.sent.url);
        t.expect.equal(url.origin, t.target.origin, "Location leads to this API", { exchange, pointer: "location" });
        const found = await t.send({ method: "GET", path: "", url: url.href, operationId: null });
        t.expect.equal([found.status, found.data.id], [200, exchange.data.id], `${location} shows what was created`, {
          exchange: found,
          pointer: "/data/id",
        });
      }
    },
  },
  {
    // RFC 9110, 9.2.1: "Request methods are considered safe if their defined semantics are essentially read-only".
    id: "HTTP-08",
    level: "MUST",
    provenance: "R",
    mode: "r",
    requirement: "GET is safe: any number of reads changes nothing that can be observed.",
    hint: "Counters of reads, last-seen times and lazy changes must not show in the data.",
    requests: 11,
    async run(t) {
      const { id } = await t.subject();
      const params = { user_id: id };
      const look = async () => {
        const user = await t.call("getUser", { params });
        const balance = t.offers("getUserBalance") ? await t.call("getUserBalance", { params }) : user;
        t.expect.ok(user, "reading a user");
        const { block_number: _, ...amount } = balance.data;
        return { exchange: user, state: { user: user.data, amount } };
      };
      const before = await look();
      for (const operationId of ["listUsers", "getToken", "listUserAwards", "getUser", "getUser"]) {
        if (t.offers(operationId)) await t.call(operationId, { params });
      }
      const after = await look();
      const again = await look();
      t.expect.equal(after.state, before.state, "the same data after reads", { exchange: after.exchange, pointer: "/data" });
      t.expect.equal(again.state, before.state, "the same data after reads", { exchange: again.exchange, pointer: "/data" });
    },
  },
  {
    id: "HTTP-09",
    level: "SHOULD",
    provenance: "K",
    mode: "r",
    requirement: "Every answer has a request id, another one each time, errors included.",
    hint: "Support can find nothing without it. Request-Id or X-Request-Id.",
    requests: 0,
    judgesTraffic: true,
    async run(t) {
      const seen = new Map<string, Exchange>();
      for (const exchange of await t.traffic()) {
        const id = exchange.headers["request-id"] ?? exchange.headers["x-request-id"] ?? "";
        t.expect.that(id !== "", `${said(exchange)} has no request id`, { exchange, pointer: "request-id" });
        t.expect.that(!seen.has(id), `two answers have the same request id`, { exchange, pointer: "request-id", actual: id });
        seen.set(id, exchange);
      }
    },
  },
];

export const http: Group = { name: "HTTP", title: "HTTP", checks };

function isDeclaredJson(t: Probe, { sent, status, documented, operationId, headers, body }: Exchange): boolean {
  if (sent.method === "HEAD" || status === 204 || status === 304 || (status >= 300 && status < 400)) return false;
  if (status >= 400) return true;
  if (operationId === null) return false;
  const types = documented?.content ?? [...t.document.operation(operationId).responses.values()].find((each) => each.status < 300)?.content;
  const type = headers["content-type"]?.split(";")[0] ?? "";
  return (
    types?.has("application/json") === true && (types.size === 1 || !types.has(type) || type === "application/json") && body.length > 0
  );
}

/** A path that may be taken for a template of another: `/tokens/mint` could be read as an id. */
function hasTemplate(t: Probe, path: string): boolean {
  const parent = path.slice(0, path.lastIndexOf("/"));
  return t.operations((operation) => operation.path !== path && new RegExp(`^${parent}/\\{\\w+\\}$`).test(operation.path)).length > 0;
}

async function placeOf(t: Probe, [first]: readonly DocumentedOperation[]): Promise<string> {
  const { id, path } = first as DocumentedOperation;
  return t.request(id, path.includes("{user_id}") ? { params: { user_id: (await t.subject()).id } } : {}).path;
}

function wireHeaders(t: Probe, type = JSON_TYPE["Content-Type"]): [string, string][] {
  return [
    ["Authorization", `Bearer ${t.apiKey}`],
    ["Content-Type", type],
  ];
}

async function nothingCreated(t: Probe, email: string, exchange: Exchange, what: string, mandatory = false): Promise<void> {
  await t.settled();
  t.expect.equal((await t.withEmail(email)).length, 0, `${what} creates nothing`, { exchange, mandatory });
}
