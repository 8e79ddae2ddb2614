import type { Handler, Mutant, Received } from "../mutant.ts";
import { answering, asking, at, badLimit, editing, header, heading, jsonOf, own, refusal, type When, withHeaders } from "../tamper.ts";

const events: When = (request, found) => at("GET /events")(request) && found?.status === 200;
const createUser = at("POST /users");
const isMalformed = (request: Received) => createUser(request) && jsonOf(request) === undefined;

export const httpMutants: readonly Mutant[] = [
  { id: "M16", breaks: "text/html around a JSON body", kills: ["HTTP-01"], make: heading(events, { "content-type": "text/html" }) },
  {
    id: "M24",
    breaks: "a name twice in an object",
    kills: ["HTTP-01"],
    make: answering(events, (found) => ({
      ...found,
      body: Buffer.from(found.body.toString().replace('{"status"', '{"status":"success","status"')),
    })),
  },
  {
    id: "M25",
    breaks: "Latin-1 instead of UTF-8",
    kills: ["HTTP-01"],
    make: answering(events, (found) => ({
      ...found,
      body: Buffer.concat([found.body.subarray(0, -2), Buffer.from([0xeb]), found.body.subarray(-2)]),
    })),
  },
  {
    id: "M18",
    breaks: "a method that a path does not have runs the GET handler",
    kills: ["HTTP-02"],
    make: asking(at("PUT /meta"), (request) => ({
      ...withHeaders(request, { "content-type": null }),
      method: "GET",
      body: Buffer.alloc(0),
    })),
  },
  { id: "M19", breaks: "405 without Allow", kills: ["HTTP-02"], make: heading((_, found) => found?.status === 405, { allow: null }) },
  {
    id: "M27",
    breaks: "Allow leaves out a method that exists",
    kills: ["HTTP-02"],
    make: heading((request, found) => found?.status === 405 && at("* /users")(request), { allow: "GET" }),
  },
  {
    id: "M29",
    breaks: "a lenient parser takes a trailing comma",
    kills: ["HTTP-03"],
    make: asking(isMalformed, (request) => ({ ...request, body: Buffer.from(request.body.toString().replace(",}", "}")) })),
  },
  {
    id: "M30",
    breaks: "malformed JSON is refused, but what could be parsed was stored",
    kills: ["HTTP-03"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const email = /"email":"([^"]+)"/.exec(request.body.toString())?.[1];
        if (isMalformed(request) && email) await forward(own("POST", "/users", apiKey, { email, display_name: "Half" }));
        return await forward(request);
      },
  },
  {
    id: "M32",
    breaks: "malformed JSON is a 500",
    kills: ["HTTP-03"],
    also: ["ENV-09", "AUTH-09"],
    make: () => async (request, forward) =>
      isMalformed(request) && header(request, "authorization") ? refusal(500, "INTERNAL_ERROR") : await forward(request),
  },
  {
    id: "M34",
    breaks: "any media type is taken for JSON",
    kills: ["HTTP-04"],
    make: asking(
      (request) => createUser(request) && request.body.length > 0 && jsonOf(request) !== undefined,
      (request) => withHeaders(request, { "content-type": "application/json" }),
    ),
  },
  {
    id: "M35",
    breaks: "a wrong media type is refused 415, and stored",
    kills: ["HTTP-04"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      if (found.status === 415 && createUser(request) && jsonOf(request))
        await forward(withHeaders(request, { "content-type": "application/json" }));
      return found;
    },
  },
  {
    id: "M37",
    breaks: "a wrong media type is a 400",
    kills: ["HTTP-04"],
    make: answering(
      (_, found) => found?.status === 415,
      () => refusal(400, "VALIDATION_FAILED"),
    ),
  },
  {
    id: "M39",
    breaks: "a body that is no object crashes the handler",
    kills: ["HTTP-05"],
    make: () => async (request, forward) =>
      createUser(request) && header(request, "authorization") && Array.isArray(jsonOf(request))
        ? refusal(500, "INTERNAL_ERROR")
        : await forward(request),
  },
  {
    id: "M98",
    breaks: "an unknown id is answered 200 with data: null",
    kills: ["HTTP-06"],
    also: ["ENV-02", "ENV-10"],
    make: answering(
      (request, found) => at("GET /awards/*")(request) && found?.status === 404,
      (found) => ({ ...found, status: 200, body: Buffer.from('{"status":"success","data":null,"message":"Nothing."}') }),
    ),
  },
  {
    id: "M99",
    breaks: "an unknown id has the code of bad input",
    kills: ["HTTP-06"],
    make: editing(
      (request, found) => at("GET /badges/*")(request) && found?.status === 404,
      (json) => void (json.error.code = "VALIDATION_FAILED"),
    ),
  },
  { id: "M41", breaks: "201 without Location", kills: ["HTTP-07"], make: heading((_, found) => found?.status === 201, { location: null }) },
  {
    id: "M42",
    breaks: "Location leads nowhere",
    kills: ["HTTP-07"],
    also: [],
    make: heading((request, found) => createUser(request) && found?.status === 201, { location: "/v1/user/1" }),
  },
  {
    id: "M23",
    breaks: "listing a user's awards marks the user as seen",
    kills: ["HTTP-08"],
    make: (): Handler => {
      const seen = new Map<string, number>();
      return async (request, forward) => {
        const [, id = "", rest] = /^\/v1\/users\/(usr_\w+)(\/awards)?/.exec(request.url) ?? [];
        if (rest) seen.set(id, (seen.get(id) ?? 0) + 1);
        const found = await forward(request);
        if (!at("GET /users/*")(request) || !seen.has(id) || found.status !== 200) return found;
        const json = jsonOf(found);
        json.data.metadata.seen = String(seen.get(id));
        return { ...found, body: Buffer.from(JSON.stringify(json)) };
      };
    },
  },
  { id: "M44", breaks: "errors have no request id", kills: ["HTTP-09"], make: heading(badLimit, { "request-id": null }) },
  {
    id: "M45",
    breaks: "all answers of one list have the same request id",
    kills: ["HTTP-09"],
    make: heading((request) => /^\/v1\/(events|api-keys)$/.test(request.url), { "request-id": "req_01M1E4VNE00C1Z66Z2XVGNZH9K" }),
  },
];
