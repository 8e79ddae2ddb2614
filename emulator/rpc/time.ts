import { ApiError } from "../model/errors.ts";
import type { Methods, RpcDeps } from "./deps.ts";
import { invalidParams } from "./json-rpc.ts";
import { quantity, readNumber } from "./quantity.ts";

const MAX_BLOCKS = 10_000;
/** Tools disagree on the unit of evm_setTime: as seconds this is the year 5138, as milliseconds 1973. */
const SMALLEST_MS = 1e11;

/** Mining, time and snapshots under the names that Hardhat, Anvil and Ganache gave them, mapped to the control plane. */
export function timeMethods({ controls, clock, mining }: Pick<RpcDeps, "controls" | "clock" | "mining">): Methods {
  let lastSnapshot = 0;

  /** Moves API and chain to an instant (ms). Throws invalidParams for one that is past. */
  async function goTo(instant: number): Promise<void> {
    const now = clock.now();
    if (Math.floor(instant / 1000) < Math.floor(now / 1000)) {
      throw invalidParams(`It is ${new Date(now).toISOString()} here and time only goes forward; evm_revert goes back to a snapshot.`);
    }
    if (instant > now) await controls.clock.set(instant);
  }

  /** Snapshots taken here, oldest first. */
  function taken(): number[] {
    const numbers = controls.snapshots().map(({ name }) => /^rpc-(\d+)$/.exec(name)?.[1]);
    return numbers.flatMap((number) => (number === undefined ? [] : [Number(number)])).sort((a, b) => a - b);
  }

  return {
    async evm_mine([timestamp]) {
      if (timestamp !== undefined && timestamp !== null) await goTo(readNumber(timestamp, "The block's timestamp") * 1000);
      await controls.mine();
      return quantity(0);
    },
    async hardhat_mine([count = 1, interval = 0]) {
      const blocks = readNumber(count, "The number of blocks");
      const seconds = readNumber(interval, "The interval");
      if (blocks > MAX_BLOCKS) throw invalidParams(`At most ${MAX_BLOCKS} blocks at once; to skip time use evm_increaseTime.`);
      for (let mined = 0; mined < blocks; mined++) {
        if (mined > 0 && seconds > 0) await controls.clock.advance(seconds * 1000);
        await controls.mine();
      }
      return true;
    },
    hardhat_getAutomine: () => mining.mode.kind === "auto",
    async evm_increaseTime([by]) {
      const seconds = readNumber(by, "The number of seconds");
      await controls.clock.advance(seconds * 1000);
      return quantity(seconds);
    },
    async evm_setTime([to]) {
      const instant = readNumber(to, "The time");
      await goTo(instant < SMALLEST_MS ? instant * 1000 : instant);
      return true;
    },
    async evm_setNextBlockTimestamp([timestamp]) {
      const seconds = readNumber(timestamp, "The timestamp");
      await goTo(seconds * 1000);
      return quantity(seconds);
    },
    async evm_snapshot() {
      lastSnapshot = Math.max(lastSnapshot, ...taken()) + 1;
      const number = lastSnapshot;
      await controls.snapshot(`rpc-${number}`);
      return quantity(number);
    },
    /** Uses up the snapshot and every later one, as elsewhere. False for one that is not there. */
    async evm_revert([id]) {
      const number = readNumber(id, "The snapshot");
      if (!taken().includes(number)) return false;
      try {
        await controls.restore(`rpc-${number}`);
        for (const later of taken()) if (later >= number) await controls.deleteSnapshot(`rpc-${later}`);
      } catch (error) {
        // Another client used it up in the meantime.
        if (error instanceof ApiError && error.code === "SNAPSHOT_NOT_FOUND") return false;
        throw error;
      }
      return true;
    },
  };
}
