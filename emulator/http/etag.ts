import { hash } from "node:crypto";

interface Entry {
  readonly json: string;
  etag: string | null;
  /** The latest answer with this data. */
  answer: { readonly message: string; readonly text: string } | null;
}

/** Records are immutable, so what an object serialises to is computed once. */
const cache = new WeakMap<object, Entry>();

/** The success envelope as text: of the same data and message the same text, which the request log then holds once. */
export function successJson(data: unknown, message: string): string {
  if (data === null || typeof data !== "object") return write(JSON.stringify(data), message);
  const entry = entryOf(data);
  if (entry.answer?.message !== message) entry.answer = { message, text: write(entry.json, message) };
  return entry.answer.text;
}

function write(json: string, message: string): string {
  return `{"status":"success","data":${json},"message":${JSON.stringify(message)}}`;
}

/** A strong ETag of an object as answered. */
export function etagOf(data: object): string {
  const entry = entryOf(data);
  entry.etag ??= `"${hash("sha256", entry.json, "base64url").slice(0, 22)}"`;
  return entry.etag;
}

function entryOf(data: object): Entry {
  let entry = cache.get(data);
  if (!entry) {
    entry = { json: JSON.stringify(data), etag: null, answer: null };
    cache.set(data, entry);
  }
  return entry;
}

/** Whether a list of ETags (If-None-Match, If-Match) names this one. Weak ones compare equal for If-None-Match only. */
export function names(field: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (field.trim() === "*") return true;
  const listed = field.split(",").map((each) => each.trim());
  return listed.some((each) => each === etag || (comparison === "weak" && each === `W/${etag}`));
}
