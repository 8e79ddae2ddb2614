import type { CapabilityName } from "./capabilities.ts";
import type { Probe } from "./probe.ts";

/** RFC 2119: a failed MUST fails the run, a failed SHOULD is a warning (it gates with `--strict`), MAY is told only. */
export type Level = "MUST" | "SHOULD" | "MAY";

/** Where a requirement comes from, and so whom it may judge: Published by the platform, an RFC, our OpenAPI document, the Kit's profile. */
export type Provenance = "P" | "R" | "O" | "K";

/**
 * What a check costs the target: `r` reads, `w` writes its own data, `m` mints (irreversible), `q` uses up quota;
 * and what it needs: `2` a second key, `x` a webhook receiver, `c` a controller of the clock.
 */
export type Mode = `${"r" | "w" | "m" | "q"}${"" | "2" | "m" | "x" | "c" | "xc"}`;

export interface Check {
  /** `USER-01`. Never given to another requirement. */
  readonly id: string;
  readonly level: Level;
  readonly provenance: Provenance;
  readonly mode: Mode;
  /** The sentence that holds for every conformant implementation. */
  readonly requirement: string;
  /** For the developer whose build is red: where to look first. */
  readonly hint: string;
  /**
   * The most requests that it sends itself: not what is done once for all checks (survey, sweep, shared keys and users), nor what is asked
   * again after a 429 or while a target is not done. Shown by `--dry-run`.
   */
  readonly requests: number;
  /** Where bursts are allowed, and `mode` is not `q`: the most requests that it sends beside them at once, on the rate key. */
  readonly bursts?: number;
  /** It judges the answers that the whole run has seen, so it runs after the others. */
  readonly judgesTraffic?: boolean;
  /** It looks at what each operation answers without a key; those requests are sent once a run and not among `requests`. */
  readonly sweeps?: boolean;
  /** Without this capability the check does not apply. */
  readonly needs?: readonly CapabilityName[];
  /** Checks whose failure makes this one meaningless. */
  readonly after?: readonly string[];
  /** Returns when the requirement holds; throws one of outcomes.ts otherwise. Must assert something. */
  run(t: Probe): Promise<void>;
}

/** One file of requirements/. */
export interface Group {
  /** `USER`: what the ids begin with. */
  readonly name: string;
  readonly title: string;
  readonly checks: readonly Check[];
}
