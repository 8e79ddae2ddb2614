import type { Exchange, Sent } from "./exchange.ts";

/** What a report may show: only these headers, no key, and no member that is called a secret. */
const SHOWN_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "accept-patch",
  "allow",
  "cache-control",
  "content-length",
  "content-type",
  "date",
  "etag",
  "forwarded",
  "idempotency-key",
  "idempotent-replayed",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "request-id",
  "retry-after",
  "strict-transport-security",
  "www-authenticate",
  "x-content-type-options",
  "x-forwarded-for",
  "x-request-id",
]);

/** A body in a report is cut off here. */
const SHOWN_BODY = 2000;

export interface ShownExchange {
  readonly n: number;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: readonly string[];
  readonly requestBody: string | null;
  readonly status: number;
  readonly responseHeaders: readonly string[];
  readonly responseBody: string;
  readonly ms: number;
  /** Repeats the request; the key is `$KEY`. */
  readonly curl: string;
}

/** Takes secrets out of texts: whole keys, and any word that holds twelve characters of one, whatever their case. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const pieces = new Set(secrets.flatMap((secret) => piecesOf(secret.toLowerCase())));
  const hasPiece = (word: string) => piecesOf(word.toLowerCase()).some((piece) => pieces.has(piece));
  return (text) =>
    text
      .replaceAll(/[A-Za-z0-9_+/=-]{12,}/g, (word) => (hasPiece(word) || hasPiece(decoded(word)) ? "$KEY" : word))
      .replaceAll(/("(?:secret|password|token|private_key)"\s*:\s*")[^"]*"/g, '$1$REDACTED"');
}

/** Which secrets a text still holds: none, or the report must not be written. */
export function leaks(text: string, secrets: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return secrets.some((secret) => secret.length >= 8 && lower.includes(secret.toLowerCase()));
}

export function shown(exchange: Exchange, redact: (text: string) => string): ShownExchange {
  const { sent } = exchange;
  return {
    n: exchange.n,
    method: sent.method,
    url: redact(sent.url),
    requestHeaders: sent.headers.map(([name, value]) => headerLine(name, value, redact)),
    requestBody: sent.body === null ? null : redact(cut(sent.body.toString())),
    status: exchange.status,
    responseHeaders: Object.entries(exchange.headers)
      .filter(([name]) => SHOWN_HEADERS.has(name))
      .map(([name, value]) => headerLine(name, value, redact)),
    responseBody: redact(cut(exchange.text)),
    ms: exchange.ms,
    curl: redact(curlOf(sent, redact)),
  };
}

function headerLine(name: string, value: string, redact: (text: string) => string): string {
  if (name.toLowerCase() === "authorization") return `${name}: ${authorization(value, redact)}`;
  return SHOWN_HEADERS.has(name.toLowerCase()) ? `${name}: ${redact(value)}` : `${name}: (not shown)`;
}

/** The scheme stays, what follows it never. */
function authorization(value: string, redact: (text: string) => string): string {
  const [, scheme = "", rest = ""] = /^(Bearer|Basic|Token|ApiKey|Digest)?:?\s*(.*)$/is.exec(value) ?? [];
  const credentials = rest === "" ? "" : redact(rest) === "$KEY" ? "$KEY" : "(a variation of $KEY)";
  return `${scheme} ${credentials}`.trim();
}

function curlOf(sent: Sent, redact: (text: string) => string): string {
  const method = sent.method === "GET" && sent.body === null ? [] : ["-X", sent.method];
  const headers = sent.headers.flatMap(([name, value]) => [
    "-H",
    name.toLowerCase() === "authorization" ? `"${name}: ${authorization(value, redact)}"` : quoted(`${name}: ${value}`),
  ]);
  const body = sent.body === null ? [] : ["--data-binary", quoted(cut(sent.body.toString()))];
  return ["curl", "-i", ...method, quoted(sent.url), ...headers, ...body].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function cut(text: string): string {
  return text.length <= SHOWN_BODY ? text : `${text.slice(0, SHOWN_BODY)} … (${text.length} characters)`;
}

function piecesOf(text: string): string[] {
  return text.length < 12 ? [] : Array.from({ length: text.length - 11 }, (_, at) => text.slice(at, at + 12));
}

/** Basic credentials hold the key in base64. */
function decoded(word: string): string {
  return Buffer.from(word, "base64").toString("latin1");
}
