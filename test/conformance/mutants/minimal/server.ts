import type { IncomingMessage, RequestListener } from "node:http";
import { wrongWith } from "./fields.ts";
import { jsonOf, newId, Refused, type Reply, refuse, send } from "./http.ts";
import type { Plain, Rules } from "./rules.ts";
import { Store } from "./store.ts";

export interface Call {
  readonly id: string;
  readonly body: Plain;
  readonly query: URLSearchParams;
  readonly key: string;
}
type Route = readonly [method: string, path: string, operation: string, run: (call: Call) => Reply];

const TYPES = ["mint", "transfer", "burn", "reward", "lock", "release", "refund", "external"];
const STATUSES = ["pending", "confirmed", "failed"];

/**
 * The core of the API once more, over node:http and plain objects: users, tokens, keys, envelope, limits, pages. It shares no line with the
 * emulator, so what the kit asks can be kept by others too, and what it asks for nothing but the emulator's habits shows here as red.
 */
export function minimalServer(rules: Rules, keys: readonly string[], now: () => number): RequestListener {
  const store = new Store(rules);
  const taken = new Map<string, number[]>();
  const list = (all: readonly Plain[], { query }: Call, filters: Readonly<Record<string, (item: Plain, value: string) => boolean>>) => {
    for (const name of query.keys())
      if (!["limit", "cursor"].includes(name) && !(name in filters)) throw new Refused(400, "UNKNOWN_PARAMETER");
    const limit = query.get("limit") ?? "20";
    if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > 100) throw new Refused(400, "VALIDATION_FAILED");
    const cursor = query.get("cursor");
    const after = cursor === null ? null : Buffer.from(cursor, "base64url").toString();
    if (after !== null && !all.some(({ id }) => id === after)) throw new Refused(400, "INVALID_CURSOR");
    const kept = all.filter((item) =>
      Object.entries(filters).every(([name, fits]) => !query.has(name) || fits(item, query.get(name) ?? "")),
    );
    const { items, more } = rules.page(kept, after, Number(limit));
    const next_cursor = more ? Buffer.from(items.at(-1)?.id).toString("base64url") : null;
    return { status: 200, data: { items, has_more: more, next_cursor } };
  };
  const ofUser = {
    email: (user: Plain, email: string) => user.email === email.toLowerCase(),
    external_id: (user: Plain, id: string) => user.external_id === id,
    role: (user: Plain, role: string) => user.roles.includes(role),
  };
  const among = (values: readonly string[], value: string) => {
    if (!values.includes(value)) throw new Refused(400, "VALIDATION_FAILED");
    return value;
  };
  const ofTransaction = {
    user_id: ({ from, to }: Plain, id: string) => from?.user_id === id || to?.user_id === id,
    type: ({ type }: Plain, value: string) => type === among(TYPES, value),
    status: ({ status }: Plain, value: string) => status === among(STATUSES, value),
  };
  const routes: readonly Route[] = [
    ["GET", "/users", "listUsers", (call) => list(store.users, call, ofUser)],
    ["POST", "/users", "createUser", ({ body }) => store.createUser(body)],
    ["GET", "/users/*", "getUser", ({ id }) => ({ status: 200, data: store.user(id) })],
    ["PATCH", "/users/*", "updateUser", ({ id, body }) => store.updateUser(id, body)],
    ["DELETE", "/users/*", "deleteUser", ({ id }) => store.deleteUser(id)],
    ["GET", "/users/*/balance", "getUserBalance", ({ id }) => ({ status: 200, data: store.balance(id) })],
    ["GET", "/tokens", "getToken", () => ({ status: 200, data: store.token() })],
    ["POST", "/tokens/mint", "mintTokens", ({ body }) => store.move("mint", null, body.user_id, body)],
    ["POST", "/tokens/burn", "burnTokens", ({ body }) => store.move("burn", body.user_id, null, body)],
    ["POST", "/tokens/transfer", "transferTokens", ({ body }) => store.move("transfer", body.from_user_id, body.to_user_id, body)],
    ["GET", "/tokens/transactions", "listTokenTransactions", (call) => list(store.transactions, call, ofTransaction)],
    ["GET", "/tokens/transactions/*", "getTokenTransaction", ({ id }) => ({ status: 200, data: transaction(id) })],
    ["GET", "/api-keys/current", "getCurrentApiKey", ({ key }) => ({ status: 200, data: keyFacts.get(key) })],
  ];
  const keyFacts = new Map(keys.map((key) => [key, { ...KEY_FACTS, id: newId("key"), last4: key.slice(-4) }]));
  const transaction = (id: string) => {
    const found = store.transactions.find((each) => each.id === id);
    if (!found) throw new Refused(404, "TRANSACTION_NOT_FOUND");
    return found;
  };

  function keyOf(req: IncomingMessage): string {
    const given = req.rawHeaders.filter((_, at) => at % 2 === 1 && req.rawHeaders[at - 1]?.toLowerCase() === "authorization");
    const [, key] = /^bearer ([^\s,]+)$/i.exec(given[0] ?? "") ?? [];
    const challenge = { "WWW-Authenticate": "Bearer" };
    if (given.length !== 1 || !key) throw new Refused(401, "AUTHENTICATION_REQUIRED", challenge);
    if (!rules.isKey(key, keys)) throw new Refused(401, "INVALID_API_KEY", challenge);
    return key;
  }

  function take(bucket: string): void {
    const at = now();
    const hour = (taken.get(bucket) ?? []).filter((each) => at - each < 3_600_000);
    const second = hour.filter((each) => at - each < 1000);
    const until = second.length >= rules.perSecond ? 1000 - (at - (second[0] ?? at)) : 3_600_000 - (at - (hour[0] ?? at));
    if (second.length >= rules.perSecond || hour.length >= rules.perHour)
      throw new Refused(429, "RATE_LIMIT_EXCEEDED", { "Retry-After": String(Math.ceil(until / 1000)) });
    taken.set(bucket, [...hour, at]);
  }

  async function answer(req: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams: query } = new URL(req.url ?? "", "http://minimal");
    const at = routes.filter(([, path]) => new RegExp(`^/v1${path.replaceAll("*", "[^/]+")}$`).test(pathname));
    const named = at.filter(([, path]) => !path.includes("*"));
    const here = named.length > 0 ? named : at;
    if (here.length === 0) throw new Refused(404, "ROUTE_NOT_FOUND");
    const route = here.find(([method]) => method === req.method);
    if (!route) throw new Refused(405, "METHOD_NOT_ALLOWED", { Allow: here.map(([method]) => method).join(", ") });
    const [method, path, operation, run] = route;
    const key = keyOf(req);
    take(rules.bucketOf(key, path));
    const body = ["POST", "PATCH"].includes(method) ? await jsonOf(req) : {};
    const id = decodeURIComponent(pathname.split("/")[path.split("/").indexOf("*") + 1] ?? "");
    if (operation === "updateUser") store.user(id);
    if (method !== "GET" && method !== "DELETE" && wrongWith(operation, body).length > 0) throw new Refused(400, "VALIDATION_FAILED");
    return run({ id, body: body as Plain, query, key });
  }

  return (req, res) => {
    answer(req).then(
      (reply) => send(res, reply),
      (error) => {
        req.resume();
        refuse(res, error instanceof Refused ? error : new Refused(500, "INTERNAL_ERROR"));
      },
    );
  };
}

/** What it offers of the document. */
export const OPERATIONS: readonly string[] = [
  ...["listUsers", "createUser", "getUser", "updateUser", "deleteUser", "getUserBalance", "getCurrentApiKey"],
  ...["getToken", "mintTokens", "burnTokens", "transferTokens", "listTokenTransactions", "getTokenTransaction"],
];

const SCOPES = ["users:read", "users:write", "tokens:read", "tokens:mint", "tokens:transfer"];
const NEVER = { secret: null, expires_at: null, revoked_at: null };
const KEY_FACTS = { object: "api_key", name: "Key", scopes: SCOPES, ...NEVER, created_at: "2026-01-01T00:00:00.000Z" };
