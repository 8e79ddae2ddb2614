import type { Mutant } from "../mutant.ts";
import { asking, at, editing, refusal } from "../tamper.ts";

export const versMutants: readonly Mutant[] = [
  {
    id: "M103",
    breaks: "one operation is served only without /v1",
    kills: ["VERS-01"],
    also: ["ENV-10", "AUTH-01"],
    make: () => async (request, forward) => {
      if (request.url.startsWith("/events")) return await forward({ ...request, url: `/v1${request.url}` });
      return at("GET /events")(request) ? refusal(404, "ROUTE_NOT_FOUND") : await forward(request);
    },
  },
  {
    id: "M104",
    breaks: "any version is served as v1",
    kills: ["VERS-02"],
    make: asking(
      ({ url }) => /^\/v\d+\//.test(url),
      (request) => ({ ...request, url: request.url.replace(/^\/v\d+/, "/v1") }),
    ),
  },
  {
    id: "M105",
    breaks: "an unknown version is answered without the envelope",
    kills: ["VERS-02"],
    make: () => async (request, forward) =>
      /^\/v(?!1\/)\d+\//.test(request.url)
        ? {
            status: 404,
            headers: { "request-id": `req_${request.url}`, "x-content-type-options": "nosniff", "content-type": "application/json" },
            body: Buffer.from('{"error":"not found"}'),
          }
        : await forward(request),
    also: ["HTTP-09"],
  },
  {
    id: "M107",
    breaks: "paths without a version are served",
    kills: ["VERS-03"],
    make: asking(
      ({ url }) => /^\/users/.test(url),
      (request) => ({ ...request, url: `/v1${request.url}` }),
    ),
  },
  {
    id: "M109",
    breaks: "decimals is a text",
    kills: ["VERS-04"],
    also: ["ENV-10"],
    make: editing(
      (request, found) => at("GET /tokens")(request) && found?.status === 200,
      (json) => void (json.data.decimals = String(json.data.decimals)),
    ),
  },
  {
    id: "M21",
    breaks: "user_id is called userId in one operation",
    kills: ["VERS-04", "ENV-10"],
    make: editing(
      (request, found) => at("GET /users/*/balance")(request) && found?.status === 200,
      ({ data: { user_id, ...rest }, ...envelope }) => ({ ...envelope, data: { userId: user_id, ...rest } }),
    ),
  },
];
