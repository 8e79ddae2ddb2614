/**
 * SIGKILL at random moments, under concurrent writes of API clients and a wallet. `CRASH_KILLS=500` runs longer; the first tier has a few kills of a fixed seed;
 * `CRASH_SEED` repeats the choices of a run (what is written, when it dies); the exact instant is never the same.
 */
import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DEEP, setting } from "../support/depth.ts";
import { crash } from "./crash.ts";
import type { Tally } from "./folder.ts";

const KILLS = setting("CRASH_KILLS", { short: 6, deep: 54 });
const SEED = setting("CRASH_SEED", { short: 1, deep: randomInt(2 ** 31) });

const LANES = DEEP
  ? [
      { name: "blocks mined at once", flags: [], share: 1 / 2 },
      { name: "answers that wait for the disk", flags: ["--fsync"], share: 1 / 4 },
      { name: "blocks mined every 100 ms", flags: ["--mining", "interval:100ms"], share: 1 / 4 },
    ]
  : [{ name: "blocks mined at once", flags: [], share: 1 }];

describe.concurrent("a killed sandbox keeps every answered write, once", () => {
  for (const { name, flags, share } of LANES) {
    const kills = Math.ceil(KILLS * share);
    it(name, { timeout: 60_000 + kills * 20_000 }, async () => {
      const tally = await crash({ seed: SEED, kills, flags });
      report(name, tally);
      expect(tally.kills).toBeGreaterThanOrEqual(kills);
    });
  }
});

function report(name: string, { seed, kills, deaths, ...rest }: Tally): void {
  const words = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(", ");
  process.stdout.write(`${name}: ${kills} kills survived (${words(deaths)}), CRASH_SEED=${seed}; ${words({ ...rest })}\n`);
}
