import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "../../../emulator/sandbox.ts";
import { newFolder } from "../../support/folder.ts";
import { Random } from "../../support/random.ts";
import { type Age, type Files, filesOf, livedAges, stateOf, statesOf } from "./ages.ts";
import { DAMAGE_NAMES, DAMAGES, type DamageName } from "./spoil.ts";

export interface Tally {
  readonly damages: number;
  /** Refused with a sentence; the files are as they were. */
  refused: number;
  /** Of those, opened by --repair, with a sentence. */
  repaired: number;
  /** Opened to the same state, snapshots included. */
  same: number;
  /** Opened to another state, with a sentence. */
  said: number;
  /** A journal cut between two lines that no stop has closed: what an earlier kill would have left, and opened as that. */
  earlier: number;
  /** Refused, or opened otherwise, without a word. Must stay empty. */
  readonly silent: string[];
}

/** Damages data folders of every age and starts sandboxes on them. The same seed makes the same damages. */
export async function damages({ seed, count }: { readonly seed: number; readonly count: number }): Promise<Tally> {
  const random = new Random(seed);
  const ages = await livedAges();
  const whole = new Map<Age, string>();
  const tally: Tally = { damages: count, refused: 0, repaired: 0, same: 0, said: 0, earlier: 0, silent: [] };
  for (let done = 0; done < count; ) {
    const age = random.pick(ages);
    const file = random.pick(Object.keys(age.files));
    const name = random.pick(DAMAGE_NAMES);
    const files = damaged(age.files, file, name, random);
    if (!files) continue;
    done += 1;
    const withRepair = random.chance(0.3);
    const outcome = await outcomeOf(age, files, withRepair, tally, whole);
    if (outcome !== null) tally.silent.push(`DAMAGE_SEED=${seed}, ${done}: ${age.name}, ${file}, ${name}: ${outcome}`);
  }
  return tally;
}

/** Null when nothing is damaged, or nothing is left that could show it. */
function damaged(files: Files, file: string, name: DamageName, random: Random): Files | null {
  const { [file]: before, ...rest } = files;
  const after = DAMAGES[name](before as Buffer, random);
  if (after === null) return Object.keys(rest).length === 0 ? null : rest;
  return after.equals(before as Buffer) ? null : { ...rest, [file]: after };
}

/** Counts what happens; what must not happen is returned as a sentence. */
async function outcomeOf(age: Age, files: Files, withRepair: boolean, tally: Tally, whole: Map<Age, string>): Promise<string | null> {
  const dir = newFolder();
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(dir, name), bytes);
    const opened = await open(dir, false);
    if ("refused" in opened) {
      tally.refused += 1;
      if (opened.refused !== null) return `refused with a raw ${opened.refused}`;
      if (!sameFiles(files, filesOf(dir))) return "refused, and its files were changed";
      return withRepair ? await repaired(dir, files, tally) : null;
    }
    const { sandbox, notices } = opened;
    const state = await stateOf(sandbox);
    if (state === age.state) {
      tally.same += 1;
      if (!whole.has(age)) whole.set(age, await undamaged(age));
      const states = await statesOf(sandbox);
      await sandbox.close();
      return states === whole.get(age) ? null : "opened, with other snapshots";
    }
    await sandbox.close();
    if (notices.length > 0) tally.said += 1;
    else if (isCutBetweenLines(age.files, files) && age.earlier.has(state)) tally.earlier += 1;
    else return "opened to another state without a word";
    return null;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function undamaged(age: Age): Promise<string> {
  const dir = newFolder();
  for (const [name, bytes] of Object.entries(age.files)) writeFileSync(join(dir, name), bytes);
  const sandbox = await createSandbox({ dataDir: dir });
  const states = await statesOf(sandbox);
  await sandbox.close();
  return states;
}

async function repaired(dir: string, before: Files, tally: Tally): Promise<string | null> {
  const opened = await open(dir, true);
  if ("refused" in opened) {
    if (opened.refused !== null) return `--repair ended with a raw ${opened.refused}`;
    return sameFiles(before, filesOf(dir)) ? null : "--repair was refused, and the files were changed";
  }
  await opened.sandbox.doctor();
  await opened.sandbox.close();
  if (!opened.notices.some((notice) => notice.includes("was damaged"))) return "--repair said nothing";
  tally.repaired += 1;
  const kept = filesOf(dir)["journal.ndjson.damaged"];
  return kept?.equals(before["journal.ndjson"] as Buffer) ? null : "--repair kept no copy of the damaged journal";
}

/** `refused`: null for a refusal in so many words, else the error that came raw. */
async function open(dir: string, repair: boolean) {
  try {
    const sandbox = await createSandbox({ dataDir: dir, repair });
    return { sandbox, notices: sandbox.notices.filter((notice) => !notice.startsWith("Quotas")) };
  } catch (error) {
    const { name, message } = error as Error;
    return { refused: ["StorageDamaged", "DataUnsupported"].includes(name) && message.length > 20 ? null : `${name}: ${message}` };
  }
}

function isCutBetweenLines(before: Files, after: Files): boolean {
  const [whole, cut] = [before["journal.ndjson"], after["journal.ndjson"]];
  return !!whole && !!cut && cut.at(-1) === 0x0a && whole.subarray(0, cut.length).equals(cut);
}

function sameFiles(a: Files, b: Files): boolean {
  const names = Object.keys(a).toSorted();
  return names.join() === Object.keys(b).toSorted().join() && names.every((name) => a[name]?.equals(b[name] as Buffer));
}
