import { api, type Contract, control, type DocumentedOperation, type DocumentedResponse } from "./contract.ts";

/** An answer, whatever client it came by. Header names in lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as text; empty when there is none. */
  readonly text: string;
}

/** The fields that mean something in this API; each is sent only where it is declared. */
const MEANINGFUL = [
  "etag",
  "location",
  "retry-after",
  "www-authenticate",
  "accept",
  "accept-patch",
  "idempotent-replayed",
  "ratelimit",
  "ratelimit-policy",
];

/** Refusals that come before a route is looked for. */
const ANYWHERE = ["HOST_NOT_ALLOWED", "INVALID_REQUEST"];
/** Refusals of a head that no route was read from. */
const UNREAD = ["URI_TOO_LONG", "HEADERS_TOO_LARGE"];
/** Who may use the control plane. */
const GUARDED = ["ORIGIN_NOT_ALLOWED", "AUTHENTICATION_REQUIRED", "SANDBOX_MISMATCH"];

/** What a document says of answers. */
function judging(contract: Contract) {
  const { base, operations, catalogue, faults } = contract;
  const routes = operations
    .map((operation) => ({
      operation,
      pattern: new RegExp(`^${base}${operation.path.replaceAll(/\{\w+\}/g, "[^/]+").replaceAll(".", "\\.")}$`),
    }))
    .sort((a, b) => Number(a.operation.path.includes("{")) - Number(b.operation.path.includes("{")));

  /** The operations of a path, by method; empty when the document has no such path. */
  function served(url: string): Map<string, DocumentedOperation> {
    const path = url.split("?")[0] as string;
    const first = routes.find(({ pattern }) => pattern.test(path));
    const same = routes.filter(({ operation }) => operation.path === first?.operation.path);
    return new Map(same.map(({ operation }) => [operation.method, operation]));
  }

  /** The operation that a request is for; undefined when the document has none. */
  function operationOf(method: string, url: string): DocumentedOperation | undefined {
    return served(url).get(method === "HEAD" ? "GET" : method);
  }

  /** Everything in an answer that the document does not say. `url`: from the origin, `/v1/users?limit=2`. */
  function problemsOf(method: string, url: string, answer: Answer): string[] {
    const operation = operationOf(method, url);
    if (operation) return [...always(answer), ...asDeclared(operation, method, answer)];
    const possible = served(url);
    return [...always(answer), ...asUnrouted(method, [...possible.keys()], answer)];
  }

  /** What holds for each answer, of an operation or not. */
  function always(answer: Answer): string[] {
    const problems: string[] = [];
    const { headers } = answer;
    for (const fault of faults("/components/schemas/RequestId", headers["request-id"])) problems.push(`Request-Id: ${fault}`);
    if (headers["x-content-type-options"] !== "nosniff") problems.push("X-Content-Type-Options is not nosniff");
    if (headers["x-powered-by"] !== undefined) problems.push("X-Powered-By tells the framework");
    if (!["no-store", "private, no-cache"].includes(String(headers["cache-control"]))) problems.push("Cache-Control is not as documented");
    return problems;
  }

  /** Paths and methods that the document does not have. */
  function asUnrouted(method: string, methods: readonly string[], answer: Answer): string[] {
    const exists = methods.length > 0;
    if (exists && method === "OPTIONS" && answer.status === 204) {
      return answer.text === "" && answer.headers.allow !== undefined ? [] : ["OPTIONS without Allow, or with a body"];
    }
    const codes = exists ? ["METHOD_NOT_ALLOWED"] : ["ROUTE_NOT_FOUND"];
    const problems = refusalProblems([...codes, ...ANYWHERE, ...(contract === control ? GUARDED : [])], method, answer);
    if (answer.status !== 405) return problems;
    const allow = String(answer.headers.allow).split(", ").sort();
    const expected = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].sort();
    return String(allow) === String(expected) ? problems : [...problems, `Allow is ${allow}, not ${expected}`];
  }

  function asDeclared(operation: DocumentedOperation, method: string, answer: Answer): string[] {
    const code = codeIn(answer);
    if (code !== null && (UNREAD.includes(code) || catalogue.get(code)?.isSandboxOnly)) return refusalProblems([code], method, answer);
    const declared = operation.responses.get(answer.status);
    if (!declared) return [`${answer.status} is not documented for ${operation.id}: ${answer.text.slice(0, 300)}`];
    const problems = [...headerProblems(declared, answer), ...cacheProblems(declared, answer)];
    if (declared.codes.length > 0) return [...problems, ...refusalProblems(declared.codes, method, answer)];
    return [...problems, ...bodyProblems(declared, method, answer)];
  }

  function headerProblems(declared: DocumentedResponse, { headers }: Answer): string[] {
    const problems: string[] = [];
    for (const [name, { required, pointer }] of declared.headers) {
      const value = headers[name];
      if (value === undefined) {
        if (required) problems.push(`${name} is missing`);
        continue;
      }
      const typed = name === "retry-after" && /^\d+$/.test(String(value)) ? Number(value) : value;
      for (const fault of faults(pointer, typed)) problems.push(`${name}: ${fault}`);
    }
    for (const name of MEANINGFUL)
      if (headers[name] !== undefined && !declared.headers.has(name)) problems.push(`${name} is not declared here`);
    if ((headers.ratelimit === undefined) !== (headers["ratelimit-policy"] === undefined)) problems.push("RateLimit without its policy");
    return problems;
  }

  /** `private, no-cache` beside an ETag, `no-store` everywhere else and where there is a secret. */
  function cacheProblems({ headers: declared }: DocumentedResponse, { headers, text }: Answer): string[] {
    const secret = /"secret":"/.test(text);
    const revalidated = headers.etag !== undefined && !secret;
    const expected = revalidated ? ["private, no-cache"] : ["no-store"];
    if (declared.has("etag") && (text === "" || /"secret":null/.test(text))) expected.push("no-store");
    return expected.includes(String(headers["cache-control"])) ? [] : [`Cache-Control is ${headers["cache-control"]}, not ${expected}`];
  }

  function bodyProblems(declared: DocumentedResponse, method: string, answer: Answer): string[] {
    if (method === "HEAD" || declared.content.size === 0) return answer.text === "" ? [] : ["a body where there is none"];
    const type = mediaTypeOf(answer);
    const pointer = declared.content.get(type);
    if (!pointer) return [`Content-Type is ${type}`];
    if (type !== "application/json") return faults(pointer, answer.text);
    const body = parsed(answer.text);
    return body === undefined ? ["the body is no JSON"] : faults(pointer, body);
  }

  /** An error answer: the envelope, one of these codes, and the code's own status. */
  function refusalProblems(codes: readonly string[], method: string, answer: Answer): string[] {
    if (method === "HEAD") return answer.text === "" ? [] : ["a body in the answer to HEAD"];
    const problems = faults("/components/schemas/Error", parsed(answer.text)).map((fault) => `envelope: ${fault}`);
    if (mediaTypeOf(answer) !== "application/json") problems.push(`Content-Type is ${mediaTypeOf(answer)}`);
    if (problems.length > 0) return [...problems, answer.text.slice(0, 200)];
    const { error } = parsed(answer.text) as { error: { code: string; request_id: string; message: string; doc_url: string | null } };
    if (!codes.includes(error.code)) problems.push(`${error.code} is not documented here (${codes.join(", ")})`);
    if ((catalogue.get(error.code) ?? api.catalogue.get(error.code))?.status !== answer.status)
      problems.push(`${error.code} with status ${answer.status}`);
    if (answer.headers["idempotent-replayed"] === undefined && error.request_id !== answer.headers["request-id"]) {
      problems.push("request_id differs from Request-Id");
    }
    if (/\n\s+at |node_modules|file:\/\/|\.ts:\d+/.test(answer.text)) problems.push("the inside shows in an error");
    return problems;
  }

  return { operationOf, problemsOf, refusalProblems };
}

function mediaTypeOf(answer: Answer): string {
  return String(answer.headers["content-type"] ?? "").split(";")[0] as string;
}

/** The code of an error answer; null when it is none. */
function codeIn({ status, text }: Answer): string | null {
  if (status < 400) return null;
  return (parsed(text) as { error?: { code?: string } } | undefined)?.error?.code ?? null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const { operationOf, problemsOf, refusalProblems } = judging(api);
export const controlAnswers = judging(control);
