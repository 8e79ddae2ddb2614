import { refuse } from "../model/errors.ts";

/** A member of a merge patch (RFC 7396): absent keeps, null restores the default. */
export function patched<T>(sent: T | null | undefined, before: T, initial: T): T {
  return sent === undefined ? before : (sent ?? initial);
}

/**
 * Merges an object member. `required`: what must be there afterwards, for objects that may not be there before.
 * Throws VALIDATION_FAILED naming the first that is missing.
 */
export function mergeObject<T extends object>(
  before: T | null,
  patch: Partial<T> | null | undefined,
  path: string,
  required: readonly (keyof T & string)[],
): T | null {
  if (patch === undefined) return before;
  if (patch === null) return null;
  const merged = { ...before, ...patch };
  for (const member of required) {
    if (merged[member] === undefined) {
      throw refuse("VALIDATION_FAILED", `${path.slice(1)}.${member} is required.`, `${path}/${member}`);
    }
  }
  return merged as T;
}

/** Most labels that an object may carry. */
const MOST_METADATA = 50;

/** RFC 7396 for metadata: null removes a key, or all of them. Throws VALIDATION_FAILED beyond 50 keys. */
export function mergeMetadata(
  before: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, string | null>> | null | undefined,
): Record<string, string> {
  if (patch === null) return {};
  const merged = Object.entries({ ...before, ...patch }).filter((entry): entry is [string, string] => entry[1] !== null);
  if (merged.length > MOST_METADATA) {
    throw refuse("VALIDATION_FAILED", `metadata may have at most ${MOST_METADATA} keys.`, "/metadata");
  }
  return Object.fromEntries(merged);
}
