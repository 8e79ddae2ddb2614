import { createSandbox } from "../../../emulator/sandbox.ts";
import { matches } from "../kit/glob.ts";
import { verdictOf } from "../kit/verdict.ts";
import { CHECKS } from "../requirements/index.ts";
import { MUTANTS } from "./broken/index.ts";
import { FACADES } from "./facades.ts";
import { CONDITIONS } from "./harness.ts";
import { judgeMinimal } from "./minimal/judged.ts";
import { MINIMAL, type MinimalMutant } from "./minimal/mutants.ts";
import { isQuiet, isRed, type Proof, proofOf, prove } from "./prove.ts";
import { VARIANTS } from "./variants.ts";
import { Worlds } from "./world.ts";

/** Everything that the self-test does, one task an id: the same in one process or in several. */
export const TASKS: readonly string[] = [...MUTANTS, ...VARIANTS, ...FACADES, ...MINIMAL, ...CONDITIONS].map(({ id }) => id);

/** Ids of the tasks that a filter means: their own ids, or requirements that they kill. */
export function tasksFor(only: readonly string[]): readonly string[] {
  if (only.length === 0) return TASKS;
  const kills = (id: string) => [...MUTANTS, ...MINIMAL].find((mutant) => mutant.id === id)?.kills ?? [];
  return TASKS.filter((id) => only.some((glob) => matches(glob, id) || kills(id).some((check) => matches(glob, check))));
}

export class Bench {
  readonly #worlds = new Worlds();

  /** Does a task. A proof without `survived` and `unexpected` is a good one. */
  async do(id: string): Promise<Proof> {
    const begun = performance.now();
    const mutant = MUTANTS.find((each) => each.id === id);
    if (mutant) return await prove(this.#worlds, mutant, false);
    const small = MINIMAL.find((each) => each.id === id);
    if (small) return { ...(await minimal(small)), id, ms: Math.round(performance.now() - begun) };
    const told = await (VARIANTS.some((each) => each.id === id)
      ? this.#variant(id)
      : FACADES.some((each) => each.id === id)
        ? this.#facade(id)
        : condition(id));
    return { id, ...told, ms: Math.round(performance.now() - begun) };
  }

  close(): Promise<void> {
    return this.#worlds.close();
  }

  async #variant(id: string): Promise<Omit<Proof, "id" | "ms">> {
    const variant = VARIANTS.find((each) => each.id === id) as (typeof VARIANTS)[0];
    const { only, mayFail = [], world } = variant;
    const hasLimits = world === "limited" || only?.some((glob) => glob.startsWith("RATE")) === true;
    const checks = CHECKS.filter(
      (check) => (check.mode[0] !== "q" || hasLimits) && (!only || only.some((glob) => matches(glob, check.id))),
    );
    const run = await this.#worlds.judge(variant, checks);
    const red = run.results.filter(({ check, status }) => !isQuiet(status) && !mayFail.includes(check.id));
    const unexpected = red.map(({ check, status, reason }) => `${check.id} ${status}: ${reason}`);
    const { word } = verdictOf(run);
    return { killedBy: [], survived: word === "CONFORMANT" ? [] : [`the verdict is ${word}`], unexpected };
  }

  async #facade(id: string): Promise<Omit<Proof, "id" | "ms">> {
    const facade = FACADES.find((each) => each.id === id) as (typeof FACADES)[0];
    // It sends no webhooks; a check that waits for one waits its whole patience.
    const checks = CHECKS.filter(({ mode }) => mode[0] !== "q" && !mode.includes("x"));
    const run = await this.#worlds.judge(facade, checks);
    const { word, exitCode } = verdictOf(run);
    if (facade.kills === 3) return { killedBy: [], survived: exitCode === 3 ? [] : [`exit code ${exitCode}, not 3`], unexpected: [] };
    const red = run.results.filter(({ status }) => isRed(status)).map(({ check }) => check.id);
    const survived = facade.kills.filter((each) => !red.includes(each));
    return { killedBy: red, survived: [...survived, ...(word === "NOT CONFORMANT" ? [] : [`the verdict is ${word}`])], unexpected: [] };
  }
}

/** Judged whole when nothing is changed; otherwise by those that must notice and by neighbours that must not. */
async function minimal({ changes, kills, also = [] }: MinimalMutant): Promise<Omit<Proof, "id" | "ms">> {
  const isWhole = kills.length === 0;
  const run = await judgeMinimal(changes, isWhole ? [] : [...kills, ...also, "USER-*", "TOKEN-*", "AUTH-02"]);
  const found = proofOf(run, kills, also);
  const { word } = verdictOf(run);
  const expected = isWhole ? "CONFORMANT" : "NOT CONFORMANT";
  return word === expected ? found : { ...found, survived: [...found.survived, `the verdict is ${word}`] };
}

async function condition(id: string): Promise<Omit<Proof, "id" | "ms">> {
  const { exitCode, code } = CONDITIONS.find((each) => each.id === id) as (typeof CONDITIONS)[0];
  const sandbox = await createSandbox();
  const origin = await sandbox.listen();
  const found = await code({ baseUrl: `${origin}/v1`, apiKey: sandbox.apiKey, app: sandbox.app });
  await sandbox.close();
  return { killedBy: [], survived: found === exitCode ? [] : [`exit code ${found}, not ${exitCode}`], unexpected: [] };
}
