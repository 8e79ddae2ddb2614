import type { CapabilityName } from "../capabilities.ts";
import { settle } from "../options.ts";
import { preflight } from "../preflight.ts";
import { type Facts, type Probe, probeOf } from "../probe.ts";
import { Session } from "../session.ts";
import { openTarget } from "../target.ts";
import { type Flags, readFlags } from "./flags.ts";

/** For commands that speak to a target without judging it. `needed`: what is to be found out of it, if need be by writing. */
export async function withTarget(
  flags: Flags,
  needed: readonly CapabilityName[],
  work: (t: Probe, facts: Facts) => Promise<number>,
): Promise<number> {
  const settings = settle(await readFlags(flags));
  const target = await openTarget(settings.target);
  const session = new Session({ ...settings, budget: 100_000 }, target);
  try {
    const facts = await preflight(session, new Set(needed));
    for (const { what, reason } of await session.cleanup.run()) console.error(`left behind: ${what}: ${reason}`);
    return await work(probeOf({ id: "command", mode: "w", provenance: "K" }, session, facts), facts);
  } finally {
    await session.close();
    await target.close();
  }
}
