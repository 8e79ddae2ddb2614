import type { Controls } from "../../../control/controls.ts";
import { type ControlHandlers, counted } from "../handler.ts";

type Ids = "getClock" | "advanceClock" | "freezeClock" | "runClock" | "mineBlocks";

/** Operations tagged Time and blocks. */
export function timeOperations({ clock, mine }: Controls): ControlHandlers<Ids> {
  return {
    getClock: () => ({ data: clock.show(), message: "The sandbox clock." }),
    async advanceClock({ body: { by, to } }) {
      if (by !== undefined) await clock.advance(by);
      if (to !== undefined) await clock.set(to);
      return { data: clock.show(), message: "Advanced the clock; work due on the way is done." };
    },
    async freezeClock() {
      await clock.freeze();
      return { data: clock.show(), message: "Froze the clock." };
    },
    async runClock() {
      await clock.run();
      return { data: clock.show(), message: "The clock is running." };
    },
    async mineBlocks({ body }) {
      const blocks = body?.blocks ?? 1;
      return { data: { block_number: await mine(blocks) }, message: `Mined ${counted(blocks, "block")}.` };
    },
  };
}
