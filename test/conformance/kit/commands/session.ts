import { settle } from "../options.ts";
import { preflight } from "../preflight.ts";
import { type Facts, type Probe, probeOf } from "../probe.ts";
import { Session } from "../session.ts";
import { openTarget } from "../target.ts";
import { type Flags, readFlags } from "./flags.ts";

/** For commands that speak to a target without judging it. */
export async function withTarget(flags: Flags, work: (t: Probe, facts: Facts, session: Session) => Promise<number>): Promise<number> {
  const settings = settle(await readFlags(flags));
  const target = await openTarget(settings.target);
  const session = new Session({ ...settings, budget: 100_000 }, target);
  try {
    const facts = await preflight(session);
    return await work(probeOf({ id: "command", mode: "w" }, session, facts), facts, session);
  } finally {
    await session.close();
    await target.close();
  }
}
