import { UsageError } from "../usage-error.ts";

/** One `--set`: `path=text`, or `path:=JSON`. */
export interface Assignment {
  readonly path: readonly string[];
  readonly value: unknown;
  /** As it was written. */
  readonly written: string;
}

/** Throws UsageError. */
export function parseAssignment(written: string): Assignment {
  const [, path, json, text = ""] = /^([a-z_]\w*(?:\.\w+)*)(:?)=(.*)$/is.exec(written) ?? [];
  if (path === undefined) {
    throw new UsageError(`--set ${written}: write path=text, or path:=JSON where the value is no text (claim_window_days:=30)`);
  }
  return { path: path.split("."), value: json === "" ? text : parsed(written, text), written };
}

function parsed(written: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--set ${written}: what follows := is JSON; ${(error as Error).message}`);
  }
}

/** A copy of an object in which the assignments are made, each below `prefix` (which is not part of the object). */
export function assigned<T extends object>(object: T, assignments: readonly Assignment[], prefix: string | null): T & Members {
  const copy = structuredClone(object) as Members;
  for (const { path, value } of assignments) {
    if (prefix !== null && path[0] !== prefix) continue;
    const [last, ...above] = (prefix === null ? path : path.slice(1)).toReversed() as [string, ...string[]];
    let at = copy;
    for (const name of above.toReversed()) {
      if (!isMembers(at[name])) at[name] = {};
      at = at[name] as Members;
    }
    at[last] = value;
  }
  return copy as T & Members;
}

type Members = Record<string, unknown>;

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
