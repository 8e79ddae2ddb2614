/** `node test/bench/engine.ts [FIGURE …] [--rounds N]`; README.md lists the figures and says how to read them. */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Figure, measureAll, mediansOf, type Task, type Values } from "./figure.ts";
import { awards } from "./figures/awards.ts";
import { big } from "./figures/big.ts";
import { clone } from "./figures/clone.ts";
import { exec } from "./figures/exec.ts";
import { fixtures } from "./figures/fixtures.ts";
import { generate } from "./figures/generate.ts";
import { get } from "./figures/get.ts";
import { install } from "./figures/install.ts";
import { kills } from "./figures/kills.ts";
import { loops } from "./figures/loops.ts";
import { mint } from "./figures/mint.ts";
import { replay } from "./figures/replay.ts";
import { second } from "./figures/second.ts";
import { size } from "./figures/size.ts";
import { snapshot } from "./figures/snapshot.ts";
import { start } from "./figures/start.ts";
import { turns } from "./figures/turns.ts";
import { unit } from "./figures/unit.ts";
import { verify } from "./figures/verify.ts";
import { webhooks } from "./figures/webhooks.ts";

const FIGURES: Readonly<Record<string, Figure>> = {
  ...{ start, exec, get, mint, awards, verify, webhooks, replay, unit, size, snapshot, second, fixtures, generate, kills, install },
  ...{ big, clone, loops, turns },
};

/** Take gigabytes: measured by name only. */
const ASKED_FOR: ReadonlySet<string> = new Set(["big"]);

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" }, task: { type: "string" } },
});

if (flags.task) await perform(JSON.parse(flags.task));
else await report(positionals.length > 0 ? positionals : Object.keys(FIGURES).filter((name) => !ASKED_FOR.has(name)));

/** In the fresh process: one measurement, told to the parent, which then ends this process. */
async function perform({ figure: name, variant, step, scratch }: Task): Promise<void> {
  const figure = figureNamed(name);
  process.send?.(await (step === "prepare" ? figure.prepare?.(variant, scratch) : figure.measure(variant, scratch)));
}

async function report(names: readonly string[]): Promise<void> {
  const figures = names.map((name) => [name, figureNamed(name)] as const);
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`);
  for (const [name, figure] of figures) {
    const scratch = mkdtempSync(join(tmpdir(), "getsmart-bench-"));
    const rounds = flags.rounds ? Number(flags.rounds) : figure.rounds;
    const { prepared, raw } = await measureAll(fileURLToPath(import.meta.url), name, { ...figure, rounds }, scratch);
    rmSync(scratch, { recursive: true });
    const medians = Object.fromEntries(Object.entries(raw).map(([variant, runs]) => [variant, mediansOf(runs)]));
    console.log(`\n${name}: ${figure.title} (median of ${rounds})`);
    for (const variant of figure.variants) {
      if (prepared[variant]) console.log(`  ${variant}, made: ${written(prepared[variant])}`);
      console.log(`  ${variant}: ${written(medians[variant] ?? {})}`);
    }
    for (const line of figure.judge?.(medians) ?? []) console.log(`  ${line}`);
    console.log(`  raw: ${JSON.stringify({ prepared, raw })}`);
  }
}

function figureNamed(name: string): Figure {
  const figure = FIGURES[name];
  if (figure) return figure;
  console.error(`There is no figure ${name}; there are ${Object.keys(FIGURES).join(", ")}.`);
  process.exit(2);
}

function written(values: Values): string {
  const parts = Object.entries(values).map(([name, value]) => `${name} ${Number(value.toPrecision(value >= 100 ? 4 : 3))}`);
  return parts.join(", ");
}
