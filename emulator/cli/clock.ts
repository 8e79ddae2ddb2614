import type { ControlClient } from "./client.ts";

/** What can be done to the clock; `to` and `by` as the control plane takes them. */
export type ClockMove = { readonly by: string } | { readonly to: string } | "freeze" | "run" | "show";

/** Moves the clock, and returns how it then stands: `2027-01-01T00:00:00.000Z  frozen`. */
export async function moveClock(client: ControlClient, move: ClockMove): Promise<string> {
  if (move === "freeze" || move === "run") await client.call("POST", `/clock/${move}`);
  else if (move !== "show") await client.call("POST", "/clock/advance", move);
  const { now, mode } = await client.call<{ now: string; mode: string }>("GET", "/clock");
  return `${now}  ${mode}`;
}
