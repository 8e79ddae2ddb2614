import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ApiDocument } from "./document.ts";
import { nearest } from "./nearest.ts";
import { UsageError } from "./outcomes.ts";

/** What a target offers beside what every implementation must: declared in a small YAML file, or found by preflight. */
export interface Capabilities {
  readonly webhooks: boolean;
  readonly idempotency: boolean;
  /** Badges have the draft, publish, apply, approve, claim flow. */
  readonly badges_flow: boolean;
  /** POST /api-keys makes keys, so the run can make its second and its rate key itself. */
  readonly keys: boolean;
  /** Nobody else writes to the target while it is judged: totals may be compared. */
  readonly exclusive: boolean;
  /** How long a write may take to be seen by reads. */
  readonly consistency_ms: number;
  /** How long a transaction may stay `pending`. */
  readonly confirmation_ms: number;
  /** The algorithm of the limits; only then exact refills are judged. */
  readonly limiter: "sliding" | "fixed" | "token_bucket" | "unknown";
  /** The controller's clock moves the limiter too. */
  readonly limiter_follows_clock: boolean;
  /** Operations that the target does not offer; sweeps leave them out and the report lists them. */
  readonly unsupported: readonly string[];
  /** Ids that exist already: for `--mode readonly`, and where nothing of the kind can be made. */
  readonly known: { readonly user_id?: string; readonly badge_id?: string; readonly award_id?: string };
  readonly implementation: { readonly name?: string; readonly version?: string; readonly url?: string };
}

/** Those that a check can ask for. */
export type CapabilityName = "webhooks" | "idempotency" | "badges_flow" | "keys";

export const DEFAULTS: Capabilities = {
  webhooks: true,
  idempotency: true,
  badges_flow: true,
  keys: true,
  exclusive: false,
  consistency_ms: 0,
  confirmation_ms: 15_000,
  limiter: "unknown",
  limiter_follows_clock: false,
  unsupported: [],
  known: {},
  implementation: {},
};

const LIMITERS: readonly unknown[] = ["sliding", "fixed", "token_bucket", "unknown"];
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  known: ["user_id", "badge_id", "award_id"],
  implementation: ["name", "version", "url"],
};

/** Throws UsageError, naming the member that cannot be used, and what it may be. */
export function readCapabilities(file: string, document: ApiDocument): Partial<Capabilities> {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--capabilities: ${file} cannot be read: ${(error as Error).message}`);
  }
  if (content === null || typeof content !== "object" || Array.isArray(content)) {
    throw new UsageError(`--capabilities: ${file} has no lines such as \`webhooks: false\``);
  }
  for (const [name, value] of Object.entries(content)) {
    if (!Object.hasOwn(DEFAULTS, name))
      throw new UsageError(`--capabilities: ${name} is not known; known are ${Object.keys(DEFAULTS).join(", ")}`);
    const wanted = wantedOf(name as keyof Capabilities, value, document);
    if (wanted !== null) throw new UsageError(`--capabilities: ${name} cannot be ${JSON.stringify(value)}: ${wanted}`);
  }
  return content as Partial<Capabilities>;
}

/** What a member must be; null when it is. */
function wantedOf(name: keyof Capabilities, value: unknown, document: ApiDocument): string | null {
  const texts = TEXTS[name];
  if (texts) {
    const entries = value !== null && typeof value === "object" && !Array.isArray(value) ? Object.entries(value) : [["", null] as const];
    const fits = entries.every(([member, text]) => texts.includes(member) && typeof text === "string");
    return fits ? null : `it has texts called ${texts.join(", ")}`;
  }
  if (name === "limiter") return LIMITERS.includes(value) ? null : `it is one of ${LIMITERS.join(", ")}`;
  if (name === "unsupported") {
    if (!Array.isArray(value)) return "it is a list of operations, such as [deleteUser]";
    const unknown = value.find((id) => !document.operations.some((operation) => operation.id === id));
    return unknown === undefined ? null : `${unknown} is no operation of the document; ${nearest(String(unknown), document)}`;
  }
  if (typeof DEFAULTS[name] === "number")
    return Number.isFinite(value) && Number(value) >= 0 ? null : "it is a number of milliseconds from 0";
  return typeof value === "boolean" ? null : "it is true or false";
}
