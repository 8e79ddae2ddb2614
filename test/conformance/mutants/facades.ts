import { loadDocument } from "../kit/document.ts";
import type { Facade, Handler, Received } from "./mutant.ts";
import { answer, header, jsonOf, refusal } from "./tamper.ts";

/** Servers that only look like the API. They must never be called conformant. */
export const FACADES: readonly Facade[] = [
  {
    id: "F01",
    pretends: "answers each operation with an example of the document",
    kills: ["AUTH-02", "HTTP-06", "USER-01", "USER-02", "USER-03", "TOKEN-01", "TOKEN-03", "TOKEN-04"],
    // What is pending in an example is pending for ever.
    capabilities: { confirmation_ms: 1000 },
    make: canned,
  },
  { id: "F02", pretends: "gives back what it is sent, with an id", kills: ["AUTH-02", "USER-01", "TOKEN-02", "ENV-10"], make: echo },
  {
    id: "F03",
    pretends: "answers 401 to everything",
    kills: 3,
    make: () => async () => refusal(401, "INVALID_API_KEY", { "www-authenticate": "Bearer" }),
  },
  {
    id: "F04",
    pretends: "answers every path with a page and 200",
    kills: ["ENV-01", "HTTP-01", "AUTH-01", "USER-01"],
    make: () => async () => ({ status: 200, headers: { "content-type": "text/html" }, body: Buffer.from("<h1>It works!</h1>") }),
  },
];

function canned(): Handler {
  const document = loadDocument();
  const routes = document.operations
    .map((operation) => ({ operation, pattern: new RegExp(`^/v1${operation.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`) }))
    .sort((a, b) => Number(a.operation.path.includes("{")) - Number(b.operation.path.includes("{")));
  return async (request) => {
    const path = request.url.split("?")[0] ?? "";
    const found = routes.find(({ operation, pattern }) => operation.method === request.method && pattern.test(path));
    if (!found) return refusal(404, "ROUTE_NOT_FOUND");
    if (found.operation.secured && !bearer(request)) return refusal(401, "AUTHENTICATION_REQUIRED", { "www-authenticate": "Bearer" });
    const [success] = [...found.operation.responses.values()].filter(({ status }) => status < 300);
    const pointer = success?.content.get("application/json");
    if (!success || !pointer) return { status: success?.status ?? 204, headers: {}, body: Buffer.alloc(0) };
    const [example] = Object.keys((document.schema(pointer.replace(/\/schema$/, "")).examples ?? {}) as object);
    const value = example ? document.schema(`${pointer.replace(/\/schema$/, "")}/examples/${example}`).value : {};
    return answer(success.status, value);
  };
}

function echo(): Handler {
  return async (request) => {
    if (!bearer(request)) return refusal(401, "AUTHENTICATION_REQUIRED", { "www-authenticate": "Bearer" });
    const data = { id: "usr_01M1E4VNE00C1Z66Z2XVGNZH9K", items: [], ...jsonOf(request) };
    return answer(request.method === "POST" ? 201 : 200, { status: "success", data, message: "Done." });
  };
}

function bearer(request: Received): boolean {
  return /^bearer \S/i.test(header(request, "authorization") ?? "");
}
