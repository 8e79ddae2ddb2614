import type { ControlClient } from "./client.ts";

/** What can be done to the clock; `to` and `by` as the control plane takes them. */
export type ClockMove = { readonly by: string } | { readonly to: string } | "freeze" | "run" | "show";

/** So far ahead nobody's clock is by accident, in ms. */
const TOLERANCE_MS = 60_000;

/** How the clock stands after a move. */
interface ClockStands {
  /** `2027-01-01T00:00:00.000Z  frozen`. */
  readonly line: string;
  /** What follows for others, who go by real time; null while it is not ahead of that. */
  readonly note: string | null;
}

/** Moves the clock. */
export async function moveClock(client: ControlClient, move: ClockMove): Promise<ClockStands> {
  if (move === "freeze" || move === "run") await client.call("POST", `/clock/${move}`);
  else if (move !== "show") await client.call("POST", "/clock/advance", move);
  const { now, mode } = await client.call<{ now: string; mode: string }>("GET", "/clock");
  return { line: `${now}  ${mode}`, note: Date.parse(now) - Date.now() > TOLERANCE_MS ? noteOf(now) : null };
}

/** `nbf` (RFC 7519 §4.1.5): "identifies the time before which the JWT MUST NOT be accepted for processing". */
function noteOf(now: string): string {
  return [
    "The clock is ahead of real time, and so is `nbf` in the credential of an award that is claimed now: verifiers refuse it as not yet",
    `valid. Let them check it as of the sandbox's time: with jose, \`{ currentDate: new Date("${now}") }\`.`,
  ].join("\n");
}
