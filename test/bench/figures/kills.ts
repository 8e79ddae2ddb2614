import { randomInt } from "node:crypto";
import { crash } from "../../crash/crash.ts";
import type { Figure } from "../figure.ts";

const KILLS = Number(process.env.CRASH_KILLS ?? 50);

export const kills: Figure = {
  title: "kills survived under concurrent writes, without losing an answered write (test/crash)",
  rounds: 1,
  variants: ["SIGKILL"],
  async measure() {
    const { deaths, ...tally } = await crash({ seed: randomInt(2 ** 31), kills: KILLS });
    return { ...tally, ...deaths };
  },
};
