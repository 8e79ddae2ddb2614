import { hash } from "node:crypto";

/** Records are immutable, so what an object serialises to is computed once. */
const cache = new WeakMap<object, { json: string; etag: string | null }>();

/** JSON of the data of an answer. */
export function jsonOf(data: unknown): string {
  return data !== null && typeof data === "object" ? entryOf(data).json : JSON.stringify(data);
}

/** A strong ETag of an object as answered. */
export function etagOf(data: object): string {
  const entry = entryOf(data);
  entry.etag ??= `"${hash("sha256", entry.json, "base64url").slice(0, 22)}"`;
  return entry.etag;
}

function entryOf(data: object): { json: string; etag: string | null } {
  let entry = cache.get(data);
  if (!entry) {
    entry = { json: JSON.stringify(data), etag: null };
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
