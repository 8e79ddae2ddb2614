import { ApiError } from "../model/errors.ts";
import type { Fault, FaultEntry, FaultTarget } from "../model/fault.ts";
import { cappedInstantText } from "../model/instant.ts";
import { type PathMatcher, pathPattern } from "../model/path-pattern.ts";
import { parseDuration } from "./duration.ts";
import { type FaultRules, readFault } from "./read-fault.ts";

interface FaultParts extends FaultRules {
  /** Numbers from 0 to below 1, reproducible for a name. */
  readonly random: (name: string) => () => number;
  /** Sandbox time, in ms since the epoch. */
  readonly now: () => number;
}

/** Each request is compared with all of them. */
const MOST = 1000;

interface Standing {
  entry: FaultEntry;
  readonly random: () => number;
  readonly path: PathMatcher | null;
  /** Sandbox time in ms. */
  readonly until: number;
  /** How many requests fitted that came to it. */
  met: number;
}

/**
 * Faults on demand, a list of which the first that fits happens. They live in memory and are cleared by a reset; a restored snapshot leaves
 * them. Each draws its own numbers, so that another fault next to it changes nothing about when it happens.
 */
export class Faults {
  readonly #parts: FaultParts;
  readonly #standing = new Map<string, Standing>();
  #made = 0;

  constructor(parts: FaultParts) {
    this.#parts = parts;
  }

  /** Adds a fault at the end of the list. Throws VALIDATION_FAILED, which says what is accepted, and API_KEY_NOT_FOUND. */
  add(fault: Fault): FaultEntry {
    const read = readFault(fault, this.#parts);
    if (this.#standing.size >= MOST) this.#dropSpent();
    if (this.#standing.size >= MOST) throw new ApiError("FAULT_LIMIT", `There are ${MOST} faults already; clear some first.`);
    const id = `flt_${++this.#made}`;
    const until = read.for === undefined ? Number.POSITIVE_INFINITY : this.#parts.now() + parseDuration(read.for, "for");
    const path = read.path === undefined ? null : pathPattern(read.path);
    const entry: FaultEntry = {
      id,
      ...read,
      fired: 0,
      left: read.times ?? null,
      until: Number.isFinite(until) ? cappedInstantText(until) : null,
    };
    this.#standing.set(id, { entry, random: this.#parts.random(id), path, until, met: 0 });
    return entry;
  }

  /** Those that happen no more. */
  #dropSpent(): void {
    for (const [id, { entry, until }] of this.#standing) if (entry.left === 0 || until <= this.#parts.now()) this.#standing.delete(id);
  }

  list(): readonly FaultEntry[] {
    return [...this.#standing.values()].map(({ entry }) => entry);
  }

  /** Ends one fault, or all. Throws FAULT_NOT_FOUND. */
  clear(id?: string): void {
    if (id === undefined) this.#standing.clear();
    else if (!this.#standing.delete(id))
      throw new ApiError("FAULT_NOT_FOUND", `There is no fault with the id ${id}.`, { param: "fault_id" });
  }

  /** As at the beginning: the same faults, added again, happen at the same requests. */
  reset(): void {
    this.#standing.clear();
    this.#made = 0;
  }

  /** The fault that happens to a request now, counted; null for none. */
  strike(target: FaultTarget): FaultEntry | null {
    for (const standing of this.#standing.values()) {
      const { entry, path, random, until } = standing;
      if (entry.left === 0 || !fits(entry, path, target)) continue;
      if (until !== Number.POSITIVE_INFINITY && this.#parts.now() >= until) continue;
      standing.met += 1;
      if (entry.every !== undefined && standing.met % entry.every !== 0) continue;
      if (entry.probability !== undefined && random() >= entry.probability) continue;
      standing.entry = { ...entry, fired: entry.fired + 1, left: entry.left === null ? null : entry.left - 1 };
      return standing.entry;
    }
    return null;
  }
}

function fits({ operationId, method, api_key }: FaultEntry, path: PathMatcher | null, target: FaultTarget): boolean {
  return (
    (operationId === undefined || operationId === target.operationId) &&
    (path === null || path(target.path())) &&
    (method === undefined || method === target.method) &&
    (api_key === undefined || api_key === target.keyId)
  );
}
