import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../support/random.ts";
import { check } from "./check.ts";
import { Client } from "./client.ts";
import type { Killer } from "./killer.ts";
import { Model } from "./model.ts";
import { SandboxProcess } from "./sandbox-process.ts";
import { populate, writeUntilDead } from "./traffic.ts";
import { Writes } from "./writes.ts";

/** When the process dies: among writes, while it starts (first start, replay), while it stops, inside compaction. */
const DEATHS = { writing: 45, starting: 20, stopping: 15, compacting: 20 };
export type Death = keyof typeof DEATHS;

/** Steps of a compaction: the file that shows the step has begun, and for how many ms it may last. */
const COMPACTION = [
  { once: [".db.json.next.tmp", "db.json.next"], within: 4 },
  { once: ["journal.ndjson.next"], within: 8 },
  { once: ["journal.ndjson"], within: 0 },
];

/** What a run went through. */
export interface Tally {
  readonly seed: number;
  kills: number;
  readonly deaths: Record<Death, number>;
  /** Kills that left db.json a generation behind the journal. */
  betweenRenames: number;
  tornLines: number;
  answered: number;
  /** Writes without an answer that had taken effect, and that had not. */
  landed: number;
  lost: number;
  /** Answers under an Idempotency-Key that came again. */
  replayed: number;
}

/** The life of one data folder. The folder stays when something differs. */
export class Folder {
  readonly #dir: string;
  readonly #flags: readonly string[];
  readonly #random: Random;
  readonly #killer: Killer;
  readonly #tally: Tally;
  readonly #writes: Writes;
  #model = new Model();
  #process: SandboxProcess;
  #client: Client | null = null;
  /** How long a start took, in ms. */
  #startMs = 800;
  readonly #snapshots = new Map<string, Model>();

  constructor(dir: string, flags: readonly string[], random: Random, killer: Killer, tally: Tally) {
    this.#dir = dir;
    this.#flags = flags;
    this.#random = random;
    this.#killer = killer;
    this.#tally = tally;
    this.#writes = new Writes(random);
    this.#process = this.#spawn();
  }

  /** Lives until so many kills are counted. No process is left behind, whatever happens. */
  async live(untilKills: number): Promise<void> {
    try {
      await this.#live(untilKills);
    } finally {
      await this.#process.kill();
    }
  }

  async #live(untilKills: number): Promise<void> {
    if (this.#random.chance(0.5)) {
      await this.#kill("starting", this.#random.next() * this.#startMs);
      this.#process = this.#spawn();
    }
    await populate(await this.#ready(), this.#model, this.#writes);
    while (this.#tally.kills < untilKills) {
      const answered = this.#model.settled.size + this.#model.refused.size;
      const death = this.#random.weighted(DEATHS);
      await this.#die(death);
      this.#tally.answered += this.#model.settled.size + this.#model.refused.size - answered;
      this.#process = this.#spawn();
      await this.#examine(death);
      await this.#travel();
    }
    this.#process.terminate();
    if ((await this.#process.exited) !== 0) throw new Error(`a clean stop failed:\n${this.#process.output}`);
    this.#process = this.#spawn();
    await this.#examine("a clean stop");
  }

  #spawn(): SandboxProcess {
    this.#client = null;
    return new SandboxProcess(this.#dir, this.#flags);
  }

  async #ready(): Promise<Client> {
    if (this.#client) return this.#client;
    const began = performance.now();
    this.#client = new Client(await this.#process.ready());
    this.#startMs = performance.now() - began;
    return this.#client;
  }

  async #die(death: Death): Promise<void> {
    if (death === "starting") {
      await this.#process.kill();
      this.#process = this.#spawn();
      return await this.#kill("starting", this.#random.next() * this.#startMs);
    }
    const writing = writeUntilDead(await this.#ready(), this.#model, this.#writes, this.#random);
    await this.#killWhile(death);
    await writing;
  }

  async #killWhile(death: Exclude<Death, "starting">): Promise<void> {
    if (death === "writing") return await this.#kill(death, 5 + this.#random.next() * 600);
    await sleep(this.#random.next() * 80);
    if (death === "stopping") return await this.#kill(death, this.#random.next() * 40, []);
    const { once, within } = this.#random.pick(COMPACTION);
    await this.#kill(
      death,
      this.#random.next() * within,
      once.map((name) => join(this.#dir, name)),
    );
  }

  /** Aims, asks for a clean stop when there is one to disturb, and waits for the end. */
  async #kill(death: Death, delay: number, whileStopping?: readonly string[]): Promise<void> {
    const { sent } = await this.#killer.aim({ pid: this.#process.pid, delay, ...(whileStopping ? { once: whileStopping } : {}) });
    if (whileStopping) this.#process.terminate();
    await sent;
    await this.#count(death);
  }

  /** Counts a kill; a process that had ended by itself before was not killed. */
  async #count(death: Death): Promise<void> {
    if ((await this.#process.exited) !== "SIGKILL") return;
    this.#tally.kills += 1;
    this.#tally.deaths[death] += 1;
    const [journal, db] = [generationOf(join(this.#dir, "journal.ndjson")), generationOf(join(this.#dir, "db.json"))];
    if (journal > 1 && journal !== db) this.#tally.betweenRenames += 1;
    if (isTorn(join(this.#dir, "journal.ndjson"))) this.#tally.tornLines += 1;
  }

  async #examine(death: string): Promise<void> {
    try {
      const { landed, lost, replayed } = await check(await this.#ready(), this.#model);
      this.#tally.landed += landed;
      this.#tally.lost += lost;
      this.#tally.replayed += replayed;
      if (/other hashes/.test(this.#process.output)) throw new Error("the replayed chain has other hashes");
    } catch (error) {
      throw new Error(`killed while ${death}, data in ${this.#dir}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Now and then a snapshot is taken or restored, so that restarts and compactions meet branches. */
  async #travel(): Promise<void> {
    const client = await this.#ready();
    if (this.#random.chance(0.3)) {
      const name = `s${this.#snapshots.size}`;
      await client.control("snapshots", { name });
      this.#snapshots.set(name, this.#model.copy());
    } else if (this.#snapshots.size > 0 && this.#random.chance(0.4)) {
      const name = this.#random.pick([...this.#snapshots.keys()]);
      await client.control(`snapshots/${name}/restore`);
      this.#model = (this.#snapshots.get(name) as Model).copy();
    }
  }
}

/** The generation that a journal's header or db.json names; 0 without one. */
function generationOf(file: string): number {
  if (!statSync(file, { throwIfNoEntry: false })) return 0;
  return Number(/"generation":\s*(\d+)/.exec(readFileSync(file, "utf8").slice(0, 1000))?.[1] ?? 0);
}

function isTorn(file: string): boolean {
  const bytes = statSync(file, { throwIfNoEntry: false }) ? readFileSync(file) : Buffer.alloc(0);
  return bytes.length > 0 && bytes.at(-1) !== 0x0a;
}
