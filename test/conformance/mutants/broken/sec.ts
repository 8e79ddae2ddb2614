import type { Handler, Mutant } from "../mutant.ts";
import { at, badLimit, editing, heading, jsonOf, keyOf, own, type When, withBody } from "../tamper.ts";

const events: When = (request, found) => at("GET /events")(request) && found?.status === 200;
const createUser = at("POST /users");

export const secMutants: readonly Mutant[] = [
  { id: "M38", breaks: "plain HTTP is served beside TLS", kills: ["SEC-01"], world: "tls", tls: { plain: "serve", certificate: "good" } },
  {
    id: "M40",
    breaks: "a write in clear is refused after it was done",
    kills: ["SEC-01"],
    world: "tls",
    tls: { plain: "serve-then-refuse", certificate: "good" },
  },
  {
    id: "M101",
    breaks: "the certificate is for another host",
    kills: ["SEC-02"],
    world: "tls",
    tls: { plain: "refuse", certificate: "other-host" },
  },
  { id: "M102", breaks: "the certificate has expired", kills: ["SEC-02"], world: "tls", tls: { plain: "refuse", certificate: "expired" } },
  {
    id: "M47",
    breaks: "an error shows a stack trace",
    kills: ["SEC-03"],
    make: editing(badLimit, (json) => void (json.error.message += "\n    at validate (/srv/app/users.js:12:5)")),
  },
  {
    id: "M49",
    breaks: "an error shows the SQL",
    kills: ["SEC-03"],
    make: editing(badLimit, (json) => void (json.error.message = "SELECT * FROM users WHERE limit = 0: SQLSTATE 22003")),
  },
  {
    id: "M50",
    breaks: "an error shows an internal host",
    kills: ["SEC-03"],
    make: editing(badLimit, (json) => void (json.error.message = "upstream http://users.internal:8080/list answered 400")),
  },
  {
    id: "M52",
    breaks: "an error repeats the end of the key",
    kills: ["SEC-04"],
    make: editing(badLimit, (json, request) => void (json.error.message = `Refused for …${keyOf(request)?.slice(-24)}`)),
  },
  {
    id: "M54",
    breaks: "a debug header shows the key",
    kills: ["SEC-04"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      return events(request, found) ? { ...found, headers: { ...found.headers, "x-debug-key": keyOf(request) ?? "" } } : found;
    },
  },
  {
    id: "M43",
    breaks: "a balance in the body is credited",
    kills: ["SEC-07"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const { balance, ...rest } = createUser(request) ? (jsonOf(request) ?? {}) : {};
        if (balance === undefined) return await forward(request);
        const found = await forward(withBody(request, rest));
        const { data } = jsonOf(found);
        if (found.status === 201) await forward(own("POST", "/tokens/mint", apiKey, { user_id: data.id, amount: String(balance) }));
        return found;
      },
  },
  {
    id: "M55",
    breaks: "created_at of an update is applied",
    kills: ["SEC-07"],
    make: (): Handler => {
      const set = new Map<string, string>();
      return async (request, forward) => {
        const [, id = ""] = /^\/v1\/users\/(usr_\w+)$/.exec(request.url) ?? [];
        const { created_at, ...rest } = request.method === "PATCH" ? (jsonOf(request) ?? {}) : {};
        if (created_at) set.set(id, created_at);
        const found = await forward(created_at ? withBody(request, rest) : request);
        if (!set.has(id) || found.status !== 200) return found;
        const json = jsonOf(found);
        json.data.created_at = set.get(id);
        return { ...found, body: Buffer.from(JSON.stringify(json)) };
      };
    },
  },
  { id: "M57", breaks: "no nosniff", kills: ["SEC-08"], make: heading(events, { "x-content-type-options": null }) },
  {
    id: "M59",
    breaks: "an account's data may be kept by shared caches",
    kills: ["SEC-08"],
    make: heading(events, { "cache-control": "public, max-age=60" }),
  },
];
