import type { Check, Group } from "../kit/check.ts";
import type { Exchange } from "../kit/exchange.ts";
import { unknownId } from "../kit/ids.ts";
import { nearMisses } from "../kit/keys.ts";
import { Untestable } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import type { Request } from "../kit/session.ts";

/** `Authorization: Bearer KEY`, and nothing else. Each refusal stands beside the same request with the good key. */

const UNAUTHORIZED = { status: [401], codes: ["AUTHENTICATION_REQUIRED", "INVALID_API_KEY"] } as const;

const checks: readonly Check[] = [
  {
    id: "AUTH-01",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: "Each operation that asks for a key answers 401 to a request without Authorization.",
    hint: "Guard by default and open what is public, not the other way round.",
    requests: 1,
    sweeps: true,
    async run(t) {
      const swept = await t.keyless();
      if (swept.length === 0) throw new Untestable("the document has no operation that asks for a key");
      for (const { operation, exchange } of swept) {
        t.expect.refused(exchange, { status: [401], codes: null }, `${operation.method} ${operation.path} without Authorization`);
      }
      t.expect.ok(await control(t), "the same with a good key");
    },
  },
  {
    id: "AUTH-02",
    level: "MUST",
    provenance: "P",
    mode: "r",
    requirement: "A key of the right form that nobody has is answered 401, and the same request with a good key works.",
    hint: "Look the key up; its form (or its checksum) proves nothing.",
    requests: 8,
    async run(t) {
      for (const { what, request } of await requests(t)) {
        const refused = await t.send({ ...request, key: t.strangerKey() });
        t.expect.refused(refused, { status: [401], codes: null }, `${what} with a key that nobody has`);
        t.expect.ok(await t.send(request), `${what} with a good key`);
      }
    },
  },
  {
    id: "AUTH-03",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "Empty credentials (`Bearer`, `Bearer `, an empty header) are answered 401.",
    hint: "An empty key must not match a user without a key.",
    requests: 6,
    async run(t) {
      for (const value of ["Bearer", "Bearer ", "", "Bearer null", "Bearer undefined"]) {
        t.expect.refused(await withHeader(t, value), UNAUTHORIZED, `Authorization: ${value || "(empty)"}`);
      }
      t.expect.ok(await control(t), "a good key");
    },
  },
  {
    id: "AUTH-04",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "The key under another scheme (Basic, Token, without a scheme) is answered 401.",
    hint: "Only Bearer is documented; each further way in must be guarded too.",
    requests: 8,
    async run(t) {
      const base64 = (text: string) => Buffer.from(text).toString("base64");
      const key = t.apiKey;
      const values = [
        `Basic ${base64(`${key}:`)}`,
        `Basic ${base64(`:${key}`)}`,
        `Basic ${base64(key)}`,
        `Token ${key}`,
        `ApiKey ${key}`,
        key,
        `Bearer: ${key}`,
      ];
      for (const value of values) {
        t.expect.refused(await withHeader(t, value), UNAUTHORIZED, `the key as \`${value.replace(/[ ].*/, " …").slice(0, 12)}\``);
      }
      t.expect.ok(await control(t), "a good key as Bearer");
    },
  },
  {
    id: "AUTH-05",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "The key matches exactly: one character added, dropped or changed in case is answered 401.",
    hint: "Compare whole keys, with case, in constant time; beware of prefixes and collations.",
    requests: 7,
    async run(t) {
      for (const { what, key } of nearMisses(t.apiKey, t.random)) {
        const exchange = await t.call("listUsers", { key });
        t.expect.refused(exchange, UNAUTHORIZED, `the key with ${what}`);
      }
      t.expect.ok(await control(t), "the key as it is");
    },
  },
  {
    id: "AUTH-06",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "A key in the query, a cookie, the body or another header is not accepted.",
    hint: "Keys in URLs end up in logs; cookies are sent by other sites' pages.",
    requests: 12,
    async run(t) {
      const key = t.apiKey;
      const attempts: readonly (readonly [what: string, request: Request])[] = [
        ...["api_key", "access_token", "apikey", "key", "token"].map(
          (name) => [`the query parameter ${name}`, t.request("listUsers", { query: { [name]: key }, key: null })] as const,
        ),
        ...["X-API-Key", "Api-Key", "X-Auth-Token", "Proxy-Authorization"].map(
          (name) =>
            [
              `the header ${name}`,
              t.request("listUsers", { headers: { [name]: name.startsWith("Proxy") ? `Bearer ${key}` : key }, key: null }),
            ] as const,
        ),
        ["a cookie", t.request("listUsers", { headers: { Cookie: `api_key=${key}; session=${key}` }, key: null })],
        ...(t.mode === "readonly"
          ? []
          : ([["the body", t.request("createUser", { json: t.person({ api_key: key, access_token: key }), key: null })]] as const)),
      ];
      for (const [what, request] of attempts) {
        const exchange = await t.send(request);
        t.made(exchange);
        t.expect.refused(exchange, UNAUTHORIZED, `the key in ${what}`);
      }
      t.expect.ok(await control(t), "the key in Authorization");
    },
  },
  {
    // RFC 9110, 11.1: "It uses a case-insensitive token to identify the authentication scheme".
    id: "AUTH-07",
    level: "SHOULD",
    provenance: "R",
    mode: "r",
    requirement: "The name of the scheme is case-insensitive: `bearer` and `BEARER` work.",
    hint: "Lower-case the scheme before comparing; never the key.",
    requests: 3,
    async run(t) {
      for (const scheme of ["bearer", "BEARER", "bEaReR"])
        t.expect.ok(await withHeader(t, `${scheme} ${t.apiKey}`), `\`${scheme}\` and a good key`);
    },
  },
  {
    // RFC 9110, 15.5.2: "The server generating a 401 response MUST send a WWW-Authenticate header field".
    id: "AUTH-08",
    level: "MUST",
    provenance: "R",
    mode: "r",
    requirement: "A 401 carries WWW-Authenticate (it should name Bearer).",
    hint: '`WWW-Authenticate: Bearer realm="…"`, with `error="invalid_token"` when a key was sent.',
    requests: 4,
    async run(t) {
      const refused: readonly [string, Exchange][] = [
        ["without a key", await t.call("listUsers", { key: null })],
        ["with a key that nobody has", await t.call("listUsers", { key: t.strangerKey() })],
        ["with another scheme", await withHeader(t, "Basic bm9ib2R5Og==")],
      ];
      for (const [what, exchange] of refused) {
        t.expect.status(exchange, [401], what);
        const challenge = exchange.headers["www-authenticate"] ?? "";
        t.expect.that(challenge !== "", `the 401 ${what} has no WWW-Authenticate`, {
          exchange,
          pointer: "www-authenticate",
          expected: "Bearer …",
        });
      }
      t.expect.ok(await control(t), "a good key");
    },
  },
  {
    id: "AUTH-09",
    level: "MUST",
    provenance: "K",
    mode: "r",
    requirement: "Authentication comes before validation and existence: a bad body or an unknown id without a key is 401.",
    hint: "Otherwise strangers can find out which ids exist, and feed your parser.",
    requests: 12,
    async run(t) {
      const unknown = { user_id: unknownId(t.random, "user_id") };
      const json = { "Content-Type": "application/json" };
      const attempts: readonly [what: string, good: readonly number[], request: Request][] = [
        ["an unknown id", [404], t.request("getUser", { params: unknown })],
        ["a bad query", [400, 422], t.request("listUsers", { query: { limit: "many" } })],
        ["malformed JSON", [400, 422], t.request("createUser", { raw: "{", headers: json })],
        ["a body without its members", [400, 422], t.request("createUser", { json: {} })],
        ["a wrong media type", [400, 415], t.request("createUser", { raw: "<x/>", headers: { "Content-Type": "application/xml" } })],
        ["an update of an unknown id", [404], t.request("updateUser", { params: unknown, json: { display_name: "Nobody" } })],
      ];
      for (const [what, good, request] of attempts) {
        t.expect.refused(await t.send({ ...request, key: null }), UNAUTHORIZED, `${what}, without a key`);
        t.expect.status(await t.send(request), good, `${what}, with a good key`);
      }
    },
  },
  {
    id: "AUTH-10",
    level: "MUST",
    provenance: "K",
    mode: "w",
    requirement: "A refused change has no effect.",
    hint: "Answer 401 before the handler runs, not beside it.",
    requests: 16,
    async run(t) {
      const user = await t.user();
      const params = { user_id: user.id };
      for (const [who, key] of [
        ["without a key", null],
        ["with a key that nobody has", t.strangerKey()],
      ] as const) {
        const person = t.person();
        const created = await t.call("createUser", { json: person, key });
        t.expect.refused(created, UNAUTHORIZED, `creating a user ${who}`);
        const updated = await t.call("updateUser", { params, json: { display_name: "Changed by a stranger" }, key });
        t.expect.refused(updated, UNAUTHORIZED, `updating a user ${who}`);
        const minted = t.offers("mintTokens") ? await t.call("mintTokens", { json: { user_id: user.id, amount: "5" }, key }) : null;
        if (minted) t.expect.refused(minted, UNAUTHORIZED, `minting ${who}`);
        const deleted = t.offers("deleteUser") ? await t.call("deleteUser", { params, key }) : null;
        if (deleted) t.expect.refused(deleted, UNAUTHORIZED, `deleting a user ${who}`);
        await t.settled();
        t.expect.equal((await t.withEmail(String(person.email))).length, 0, `a user created ${who} does not exist`, { exchange: created });
        t.expect.equal(await t.read(user.id), user, `the user is as before, ${who}`, { exchange: updated });
        if (minted) t.expect.amount(await t.balance(user.id), "0", `nothing was minted ${who}`, { exchange: minted });
      }
      const good = await t.call("updateUser", { params, json: { display_name: "Changed with the key" } });
      t.expect.ok(good, "the same change with a good key");
    },
  },
  {
    id: "AUTH-11",
    level: "MUST",
    provenance: "K",
    mode: "r",
    requirement: "Two Authorization values are refused, in whatever order and whether or not one is good.",
    hint: "Proxies and servers disagree on which one counts; refuse both.",
    requests: 4,
    async run(t) {
      const good = `Bearer ${t.apiKey}`;
      const bad = `Bearer ${t.strangerKey()}`;
      for (const [what, first, second] of [
        ["good, then bad", good, bad],
        ["bad, then good", bad, good],
        ["good, twice", good, good],
      ] as const) {
        const exchange = await t.call("listUsers", {
          wire: [
            ["Authorization", first],
            ["Authorization", second],
          ],
        });
        t.expect.refused(exchange, { status: [400, 401], codes: null }, `two Authorization headers (${what})`);
      }
      t.expect.ok(await t.call("listUsers", { wire: [["Authorization", good]] }), "one of them alone");
    },
  },
];

export const auth: Group = { name: "AUTH", title: "Authentication", checks };

async function requests(t: Probe): Promise<readonly { what: string; request: Request }[]> {
  const reads = ["listUsers", "getToken", "getCurrentApiKey"]
    .filter((id) => t.offers(id))
    .map((id) => ({ what: id, request: t.request(id) }));
  if (!t.offers("getUser")) return reads;
  return [...reads, { what: "getUser", request: t.request("getUser", { params: { user_id: (await t.subject()).id } }) }];
}

/** The positive control: the request that the refused ones vary. */
function control(t: Probe): Promise<Exchange> {
  return t.call("listUsers");
}

/** Exactly this Authorization header. */
function withHeader(t: Probe, value: string): Promise<Exchange> {
  return t.call("listUsers", { wire: [["Authorization", value]] });
}
