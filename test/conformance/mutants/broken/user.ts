import type { Answered, Handler, Mutant } from "../mutant.ts";
import { asking, at, edited, editing, jsonOf, own, refusal, withBody } from "../tamper.ts";

const createUser = at("POST /users");
const updateUser = at("PATCH /users/*");
const getUser = at("GET /users/*");

export const userMutants: readonly Mutant[] = [
  {
    id: "M87",
    breaks: "characters beyond the BMP are lost when a user is created",
    kills: ["USER-01"],
    make: asking(
      (request) => createUser(request) && jsonOf(request)?.locale && typeof jsonOf(request)?.display_name === "string",
      (request) => {
        const body = jsonOf(request);
        return withBody(request, { ...body, display_name: body.display_name.replaceAll(/[\u{10000}-\u{10ffff}]/gu, "?") });
      },
    ),
  },
  {
    id: "M89",
    breaks: "external_id is not stored",
    kills: ["USER-01"],
    also: ["USER-05"],
    make: asking(
      (request) => createUser(request) && jsonOf(request)?.locale,
      (request) => withBody(request, { ...jsonOf(request), external_id: null }),
    ),
  },
  {
    id: "M96",
    breaks: "a new user is seen only on the connection that made it",
    kills: ["USER-01"],
    also: ["ENV-10", "HTTP-03", "HTTP-05", "HTTP-07", "HTTP-08", "SEC-07", "AUTH-02", "AUTH-10", "USER-02", "USER-05"],
    make: (): Handler => {
      const madeOn = new Map<string, number>();
      return async (request, forward) => {
        const [, id = ""] = /^\/v1\/users\/(usr_\w+)$/.exec(request.url) ?? [];
        if (getUser(request) && madeOn.has(id) && madeOn.get(id) !== request.connection) return refusal(404, "USER_NOT_FOUND");
        const found = await forward(request);
        if (createUser(request) && found.status === 201) madeOn.set(jsonOf(found).data.id, request.connection);
        return found;
      };
    },
  },
  {
    id: "M66",
    breaks: "an update is acknowledged, not stored",
    kills: ["USER-02"],
    also: ["AUTH-10"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const change = updateUser(request) ? jsonOf(request) : undefined;
        if (!change?.locale) return await forward(request);
        const found = await forward(own("GET", request.url.slice(3), apiKey));
        return edited(found, (json) => void Object.assign(json.data, change));
      },
  },
  {
    id: "M149",
    breaks: "an update resets what it does not name",
    kills: ["USER-02"],
    make: asking(
      (request) => updateUser(request) && jsonOf(request)?.display_name && Object.keys(jsonOf(request)).length === 1,
      (request) => withBody(request, { locale: null, ...jsonOf(request) }),
    ),
  },
  {
    id: "M90",
    breaks: "a user without a name is called Anonymous",
    kills: ["USER-03"],
    make: asking(
      (request) => createUser(request) && jsonOf(request)?.email && jsonOf(request).display_name === undefined,
      (request) => withBody(request, { ...jsonOf(request), display_name: "Anonymous" }),
    ),
  },
  {
    id: "M92",
    breaks: "null counts as a value for a required member",
    kills: ["USER-03"],
    also: ["HTTP-05"],
    make: asking(
      (request) => createUser(request) && jsonOf(request)?.display_name === null,
      (request) => withBody(request, { ...jsonOf(request), display_name: "null" }),
    ),
  },
  {
    id: "M68",
    breaks: "names may be one character too long",
    kills: ["USER-04"],
    make: asking(
      (request) => createUser(request) && [...(jsonOf(request)?.display_name ?? "")].length === 101,
      (request) => withBody(request, { ...jsonOf(request), display_name: "x".repeat(100) }),
    ),
  },
  {
    id: "M94",
    breaks: "the longest external_id is refused",
    kills: ["USER-04"],
    make: () => async (request, forward) =>
      [...(jsonOf(request)?.external_id ?? "")].length === 128 ? refusal(400, "VALIDATION_FAILED") : await forward(request),
  },
  {
    id: "M95",
    breaks: "long names are cut silently",
    kills: ["USER-04"],
    make: asking(
      (request) => updateUser(request) && [...(jsonOf(request)?.display_name ?? "")].length === 100,
      (request) => withBody(request, { display_name: [...jsonOf(request).display_name].slice(0, 99).join("") }),
    ),
  },
  {
    id: "M97",
    breaks: "e-mail addresses in capitals are other addresses",
    kills: ["USER-05"],
    make: asking(
      (request) => /^[A-Z0-9@.-]+$/.test(jsonOf(request)?.email ?? ""),
      (request) => withBody(request, { ...jsonOf(request), email: `other-${Date.now()}${Math.random()}@example.com` }),
    ),
  },
  {
    id: "M100",
    breaks: "a duplicate is refused, and overwrites the first",
    kills: ["USER-05"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        const body = jsonOf(request);
        if (found.status !== 409 || !createUser(request) || !body?.email || body.external_id) return found;
        const list = jsonOf(await forward(own("GET", `/users?email=${encodeURIComponent(body.email)}`, apiKey)));
        const [first] = list.data.items;
        if (first) await forward(own("PATCH", `/users/${first.id}`, apiKey, { display_name: "Overwritten" }));
        return found;
      },
  },
  {
    id: "M131",
    breaks: "updating an unknown id creates a user",
    kills: ["USER-06"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        const { email } = updateUser(request) ? (jsonOf(request) ?? {}) : {};
        if (found.status !== 404 || !email) return found;
        const made = await forward(own("POST", "/users", apiKey, { email, display_name: "Upserted" }));
        return { ...made, status: 200 };
      },
  },
  {
    id: "M132",
    breaks: "updating an unknown id is 404, and creates a user",
    kills: ["USER-06"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        const { email } = updateUser(request) ? (jsonOf(request) ?? {}) : {};
        if (found.status === 404 && email) await forward(own("POST", "/users", apiKey, { email, display_name: "Upserted" }));
        return found;
      },
  },
  {
    id: "M106",
    breaks: "updated_at never moves",
    kills: ["USER-07"],
    make: editing(
      (request, found) => updateUser(request) && found?.status === 200,
      (json) => void (json.data.updated_at = json.data.created_at),
    ),
  },
  {
    id: "M133",
    breaks: "times have no zone",
    kills: ["USER-07"],
    also: ["ENV-10"],
    make: editing(
      (request, found) => /^\/v1\/users(\/usr_\w+)?$/.test(request.url) && jsonOf(found as Answered)?.data?.created_at,
      (json) => void (json.data.created_at = json.data.created_at.replace("Z", "")),
    ),
  },
];
