import type { Handler, Mutant, Received, Surroundings } from "../mutant.ts";
import { asking, at, header, heading, jsonOf, keyOf, queryOf, refusal, type When, withHeaders, withKey } from "../tamper.ts";

/** A server that also accepts what `accepts` says: the emulator then sees the good key. */
const accepting =
  (accepts: (request: Received, here: Surroundings) => boolean) =>
  (here: Surroundings): Handler =>
  (request, forward) =>
    forward(hasOneHeader(request) && accepts(request, here) ? withKey(request, here.apiKey) : request);

const hasOneHeader = ({ headers }: Received) => headers.filter(([name]) => name.toLowerCase() === "authorization").length <= 1;

const credentials = (request: Received) => header(request, "authorization") ?? null;
const secured: When = ({ url }) => !/^\/v1\/(health|meta|docs|openapi)/.test(url);

export const authMutants: readonly Mutant[] = [
  {
    id: "M60",
    breaks: "one list needs no key",
    kills: ["AUTH-01"],
    make: accepting((request) => at("GET /events")(request) && credentials(request) === null),
  },
  {
    id: "M26",
    breaks: "any key of the right form is accepted",
    kills: ["AUTH-02", "AUTH-08", "AUTH-10"],
    also: ["AUTH-05"],
    make: accepting((request) => /^gets_test_\w{36}$/.test(keyOf(request) ?? "") && secured(request)),
  },
  {
    id: "M62",
    breaks: "one read looks only at the form of the key",
    kills: ["AUTH-02"],
    make: accepting((request) => at("GET /tokens")(request) && keyOf(request)?.startsWith("gets_test_") === true),
  },
  {
    id: "M64",
    breaks: "an empty Bearer is accepted",
    kills: ["AUTH-03"],
    make: accepting((request) => /^bearer\s*$/i.test(credentials(request) ?? "-")),
  },
  {
    id: "M65",
    breaks: "`Bearer null` is accepted",
    kills: ["AUTH-03"],
    make: accepting((request) => credentials(request) === "Bearer null"),
  },
  {
    id: "M28",
    breaks: "Basic with the key as user is accepted",
    kills: ["AUTH-04"],
    make: accepting(
      (request, { apiKey }) => Buffer.from(credentials(request)?.replace(/^Basic /, "") ?? "", "base64").toString() === `${apiKey}:`,
    ),
  },
  {
    id: "M67",
    breaks: "the bare key is accepted",
    kills: ["AUTH-04"],
    make: accepting((request, { apiKey }) => credentials(request) === apiKey),
  },
  {
    id: "M69",
    breaks: "keys are compared without case",
    kills: ["AUTH-05"],
    make: accepting((request, { apiKey }) => keyOf(request)?.toLowerCase() === apiKey.toLowerCase()),
  },
  {
    id: "M70",
    breaks: "a key that begins like a good one is accepted",
    kills: ["AUTH-05"],
    make: accepting((request, { apiKey }) => (keyOf(request)?.length ?? 0) > 20 && apiKey.startsWith(keyOf(request) ?? "-")),
  },
  {
    id: "M72",
    breaks: "what follows the key is ignored",
    kills: ["AUTH-05"],
    also: ["SEC-04"],
    make: accepting((request, { apiKey }) => keyOf(request)?.startsWith(apiKey) === true),
  },
  {
    id: "M31",
    breaks: "?api_key= is accepted",
    kills: ["AUTH-06"],
    make: () => async (request, forward) => {
      const key = queryOf(request).get("api_key");
      return await forward(key && credentials(request) === null ? withKey({ ...request, url: "/v1/users" }, key) : request);
    },
  },
  {
    id: "M74",
    breaks: "a cookie is accepted",
    kills: ["AUTH-06"],
    make: accepting((request, { apiKey }) => header(request, "cookie")?.includes(apiKey) === true),
  },
  {
    id: "M75",
    breaks: "X-API-Key is accepted",
    kills: ["AUTH-06"],
    make: accepting((request, { apiKey }) => header(request, "x-api-key") === apiKey),
  },
  {
    id: "M77",
    breaks: "a key in the body is accepted",
    kills: ["AUTH-06"],
    make: () => async (request, forward) => {
      const { api_key, access_token: _, ...rest } = request.method === "POST" ? (jsonOf(request) ?? {}) : {};
      return await forward(api_key ? withKey({ ...request, body: Buffer.from(JSON.stringify(rest)) }, api_key) : request);
    },
  },
  {
    id: "M79",
    breaks: "`bearer` in lower case is refused",
    kills: ["AUTH-07"],
    make: () => async (request, forward) =>
      /^bearer /.test(credentials(request) ?? "") ? refusal(401, "AUTHENTICATION_REQUIRED") : await forward(request),
  },
  {
    id: "M33",
    breaks: "401 without WWW-Authenticate",
    kills: ["AUTH-08"],
    make: heading((_, found) => found?.status === 401, { "www-authenticate": null }),
  },
  {
    id: "M80",
    breaks: "the body is parsed before the key is looked at",
    kills: ["AUTH-09"],
    make: () => async (request, forward) =>
      at("POST /users")(request) && credentials(request) === null && request.body.length > 0 && jsonOf(request) === undefined
        ? refusal(400, "MALFORMED_JSON")
        : await forward(request),
  },
  {
    id: "M82",
    breaks: "a user's existence is looked up before the key",
    kills: ["AUTH-09"],
    also: ["AUTH-01", "VERS-01"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        if (!at("GET /users/*")(request) || credentials(request) !== null) return await forward(request);
        const found = await forward(withKey(request, apiKey));
        return found.status === 404 ? found : await forward(request);
      },
  },
  {
    id: "M36",
    breaks: "401 is answered, and the change is made",
    kills: ["AUTH-10"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (found.status === 401 && at("PATCH /users/*")(request)) await forward(withKey(request, apiKey));
        return found;
      },
  },
  {
    id: "M84",
    breaks: "401 is answered, and the tokens are minted",
    kills: ["AUTH-10"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (found.status === 401 && at("POST /tokens/mint")(request)) await forward(withKey(request, apiKey));
        return found;
      },
  },
  {
    id: "M85",
    breaks: "of two Authorization headers any good one wins",
    kills: ["AUTH-11"],
    make: asking(
      ({ headers }) => headers.filter(([name]) => name.toLowerCase() === "authorization").length > 1,
      (request) => {
        const all = request.headers.filter(([name]) => name.toLowerCase() === "authorization").map(([, value]) => value);
        return withHeaders(request, { authorization: all.find((value) => value.includes("DefaultKey")) ?? (all[0] as string) });
      },
    ),
  },
];
