import type { SentHeaders } from "./access.ts";

/** Header names that a preflight may ask for, and their length in all. */
const MOST_HEADERS = 50;
const MOST_CHARACTERS = 2000;
/** A field name (RFC 9110, 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Whether a browser asks what a page may send (Fetch, "CORS-preflight request"). */
export function isPreflight(method: string | undefined, headers: SentHeaders): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

/** What the preflight of an allowed origin is answered with: these methods, and the headers that it asks for. Credentials are never allowed. */
export function preflightHeaders(methods: string, headers: SentHeaders): Record<string, string> {
  const requested = requestedHeaders(String(headers["access-control-request-headers"] ?? ""));
  return {
    "Access-Control-Allow-Methods": methods,
    ...(requested === null ? {} : { "Access-Control-Allow-Headers": requested }),
    "Access-Control-Max-Age": "600",
    // Private Network Access: a page from the internet asks before it calls an address of this machine or network.
    ...(headers["access-control-request-private-network"] === "true" ? { "Access-Control-Allow-Private-Network": "true" } : {}),
  };
}

/** The names again, if that is what they are; null for anything else, and for none. */
function requestedHeaders(text: string): string | null {
  if (text.length > MOST_CHARACTERS) return null;
  const names = text.split(",").map((name) => name.trim());
  return names.length <= MOST_HEADERS && names.every((name) => TOKEN.test(name)) ? names.join(", ") : null;
}
