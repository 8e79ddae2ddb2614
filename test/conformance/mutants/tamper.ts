import type { Answered, Handler, Received } from "./mutant.ts";

/** Small pieces that mutants are made of. */

// biome-ignore lint/suspicious/noExplicitAny: mutants write whatever they like into a body.
export type Loose = any;

export type When = (request: Received, answer?: Answered) => boolean;

/** `at("GET /users/*")`: the method (`*` for all) and the path below /v1, `*` for one segment. */
export function at(place: string): When {
  const [method = "", path = ""] = place.split(" ");
  const pattern = new RegExp(`^/v1${path.replaceAll(".", "\\.").replaceAll("*", "[^/]+")}$`);
  return (request) => (method === "*" || request.method === method) && pattern.test(pathOf(request));
}

export const pathOf = ({ url }: Received) => url.split("?")[0] as string;
export const queryOf = ({ url }: Received) => new URLSearchParams(url.split("?")[1] ?? "");
export const header = ({ headers }: Received, name: string) => headers.find(([each]) => each.toLowerCase() === name)?.[1];
export const keyOf = (request: Received) => /^bearer +(\S+)$/i.exec(header(request, "authorization") ?? "")?.[1] ?? null;

export function jsonOf({ body }: { readonly body: Buffer }): Loose {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** The same request with other headers; `null` takes one away. */
export function withHeaders(request: Received, changes: Readonly<Record<string, string | null>>): Received {
  const names = Object.keys(changes).map((name) => name.toLowerCase());
  const kept = request.headers.filter(([name]) => !names.includes(name.toLowerCase()));
  return {
    ...request,
    headers: [...kept, ...Object.entries(changes).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))],
  };
}

export function withBody(request: Received, json: unknown): Received {
  return withHeaders({ ...request, body: Buffer.from(JSON.stringify(json)) }, { "content-type": "application/json" });
}

export const withKey = (request: Received, key: string) => withHeaders(request, { authorization: `Bearer ${key}` });

/** A request of the mutant's own, with the good key. */
export function own(method: string, path: string, key: string, json?: unknown): Received {
  const base: Received = { method, url: `/v1${path}`, headers: [], body: Buffer.alloc(0), connection: 0 };
  return withKey(json === undefined ? base : withBody(base, json), key);
}

export function answer(status: number, json: unknown, headers: Answered["headers"] = {}): Answered {
  return { status, headers: { "content-type": "application/json", ...PROPER, ...headers }, body: Buffer.from(JSON.stringify(json)) };
}

const PROPER = { "x-content-type-options": "nosniff", "cache-control": "no-store" };
let asked = 0;

export function refusal(status: number, code: string, headers: Answered["headers"] = {}): Answered {
  asked += 1;
  const request_id = `req_01${String(asked).padStart(24, "0")}`;
  const error = { code, message: `The request was refused: ${code}.`, request_id, details: null, param: null, doc_url: null };
  return answer(status, { status: "error", error }, { "request-id": request_id, ...headers });
}

/** Changes answers. */
export function answering(when: When, change: (answer: Answered, request: Received) => Answered): () => Handler {
  return () => async (request, forward) => {
    const found = await forward(request);
    return when(request, found) ? change(found, request) : found;
  };
}

/** The same answer with another JSON: the function changes what it is given, or returns another value. */
export function edited(found: Answered, change: (json: Loose) => unknown): Answered {
  const json = jsonOf(found);
  const changed = change(json) ?? json;
  return { ...found, body: Buffer.from(JSON.stringify(changed)) };
}

/** Changes the JSON of answers: the function changes what it is given, or returns another value. */
export function editing(when: When, change: (json: Loose, request: Received) => unknown): () => Handler {
  return answering(when, (found, request) => edited(found, (json) => change(json, request)));
}

/** Changes requests before the emulator sees them. */
export function asking(when: When, change: (request: Received) => Received): () => Handler {
  return () => (request, forward) => forward(when(request) ? change(request) : request);
}

/** Changes or takes away (null) headers of answers. */
export function heading(when: When, changes: Readonly<Record<string, string | null>>): () => Handler {
  return answering(when, (found) => {
    const names = Object.keys(changes);
    const kept = Object.entries(found.headers).filter(([name]) => !names.includes(name));
    return {
      ...found,
      headers: Object.fromEntries([
        ...kept,
        ...Object.entries(changes).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
      ]),
    };
  });
}

/** A refusal that no check but those of the traffic asks for: GET /users?limit=0. */
export const badLimit: When = (request) => at("GET /users")(request) && queryOf(request).get("limit") === "0";
