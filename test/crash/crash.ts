import { rm } from "node:fs/promises";
import { newFolder } from "../support/folder.ts";
import { Random } from "../support/random.ts";
import { Folder, type Tally } from "./folder.ts";
import { Killer } from "./killer.ts";

/** A folder is left after so many kills: every restart replays its whole history. */
const KILLS_PER_FOLDER = 12;

export interface CrashOptions {
  readonly seed: number;
  readonly kills: number;
  /** Further flags of `start`. */
  readonly flags?: readonly string[];
}

/** Kills sandboxes and checks what is left, until `kills` were survived. Throws at the first difference, with the seed. */
export async function crash({ seed, kills, flags = [] }: CrashOptions): Promise<Tally> {
  const deaths = { writing: 0, starting: 0, stopping: 0, compacting: 0 };
  const tally: Tally = { seed, kills: 0, deaths, betweenRenames: 0, tornLines: 0, answered: 0, landed: 0, lost: 0, replayed: 0 };
  const random = new Random(seed);
  const killer = new Killer();
  try {
    while (tally.kills < kills) {
      const dir = newFolder();
      await new Folder(dir, flags, random, killer, tally).live(Math.min(kills, tally.kills + KILLS_PER_FOLDER));
      await rm(dir, { recursive: true });
    }
    return tally;
  } catch (error) {
    throw new Error(`CRASH_SEED=${seed}, after ${tally.kills} kills: ${(error as Error).message}`, { cause: error });
  } finally {
    await killer.close();
  }
}
