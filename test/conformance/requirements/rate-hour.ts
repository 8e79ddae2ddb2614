import type { Check } from "../kit/check.ts";
import type { Exchange } from "../kit/exchange.ts";
import { Inconclusive } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import { burst, cheap, PER_HOUR } from "../kit/rate.ts";

/** A thousand requests an hour. With a controller the hour passes at once; without one only its first minutes are looked at. */

/** Requests a second, well below the other limit, so that what is refused is refused by the hour. */
const CALM = 8;

export const hourChecks: readonly Check[] = [
  {
    id: "RATE-10",
    level: "MUST",
    provenance: "P",
    mode: "qc",
    requirement: "After quiet the first 1000 requests are never refused by the hour, and at most 2000 are served in any hour.",
    hint: "The window of an hour is 3600 s; a declared limiter (sliding, fixed, token_bucket) is judged exactly.",
    requests: 2100,
    async run(t) {
      const key = await t.rateKey();
      await t.time.sleep(t.time.moved ? 3_601_000 : 2100);
      const begun = t.time.now();
      let served = 0;
      let refused: Exchange | null = null;
      while (served <= 2 * PER_HOUR && refused === null) {
        const round = await burst(
          t,
          Array.from({ length: CALM }, () => cheap(t, key)),
        );
        const [first] = round.refused;
        t.expect.that(
          first === undefined || served + round.admitted.length >= PER_HOUR,
          `request ${served + round.admitted.length + 1} of the hour was refused`,
          { exchange: first, pointer: "status", expected: 200, actual: 429 },
        );
        served += round.admitted.length;
        refused = first ?? null;
        await t.time.sleep(1050);
      }
      t.expect.that(served <= 2 * PER_HOUR, `${served} requests were served within ${Math.round((t.time.now() - begun) / 1000)} s`, {
        expected: "at most 2000 in an hour",
        actual: served,
      });
      if (t.time.moved && t.facts.capabilities.limiter !== "unknown") await exactRefill(t, key, begun);
      if (t.time.moved) await t.time.sleep(3_600_000);
    },
  },
];

/** What a declared algorithm does once its hour is used up. `begun`: before the first request of the hour. */
async function exactRefill(t: Probe, key: string, begun: number): Promise<void> {
  const { limiter } = t.facts.capabilities;
  const at = async (seconds: number) => {
    const wait = begun + seconds * 1000 - t.time.now();
    if (wait < 0) throw new Inconclusive("the hour was used up too slowly to look at its end");
    await t.time.sleep(wait);
    return await t.send({ ...cheap(t, key), free: true, throttled: true });
  };
  // 3590 s after the first request none has left a sliding window; a fixed one may begin anew at any time, but once an hour.
  if (limiter === "sliding") {
    for (const seconds of [1800, 2990, 3100, 3590]) {
      const early = await at(seconds);
      t.expect.status(early, [429], `${seconds} s after the first request the hour is still used up`);
    }
  }
  if (limiter === "token_bucket") {
    const refilled = await at(Math.ceil((t.time.now() - begun) / 1000) + 40);
    t.expect.that(refilled.status !== 429, "40 s after the last request the bucket has tokens again", { exchange: refilled });
    return;
  }
  // Requests were spread over less than 200 s, so in any case one is possible after an hour and those.
  const late = await at(3601 + 250);
  t.expect.that(late.status !== 429, "an hour after the first requests one is served again", {
    exchange: late,
    pointer: "status",
    expected: 200,
    actual: late.status,
  });
}
