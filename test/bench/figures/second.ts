import type { Sandbox } from "../../../emulator/sandbox.ts";
import { type Figure, median, memory } from "../figure.ts";
import { installed } from "../peers.ts";
import { timed } from "../world.ts";

const MORE = 20;
const AIM_MS = 25;

export const second: Figure = {
  title: "createSandbox() in one process: the first, a further one, and its close",
  rounds: 5,
  variants: ["in memory"],
  async measure() {
    const { createSandbox } = await installed();
    const sandboxes: Sandbox[] = [];
    const create = async () => void sandboxes.push(await createSandbox());
    const [first_ms = Number.NaN] = await timed(1, create);
    const before = memory();
    const further = await timed(MORE, create);
    const after = memory();
    const closing = await timed(MORE, (index) => (sandboxes[index] as Sandbox).close());
    return {
      first_ms,
      second_ms: further[0] ?? Number.NaN,
      further_ms: median(further),
      close_ms: median(closing),
      further_rss_mb: ((after.rss_mb ?? 0) - (before.rss_mb ?? 0)) / MORE,
    };
  },
  judge: ({ "in memory": medians }) => {
    const { further_ms = Number.NaN } = medians ?? {};
    return [`a further sandbox: ${further_ms.toFixed(1)} ms (aim: at most ${AIM_MS})${further_ms <= AIM_MS ? "" : "  MISSED"}`];
  },
};
