import { createHash } from "node:crypto";

/** A strong ETag of an object as answered. */
export function etagOf(data: unknown): string {
  return `"${createHash("sha256").update(JSON.stringify(data)).digest("base64url").slice(0, 22)}"`;
}

/** Whether a list of ETags (If-None-Match, If-Match) names this one. Weak ones compare equal for If-None-Match only. */
export function names(field: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (field.trim() === "*") return true;
  const listed = field.split(",").map((each) => each.trim());
  return listed.some((each) => each === etag || (comparison === "weak" && each === `W/${etag}`));
}
