import { readFileSync, statSync } from "node:fs";
import type { ControlClient } from "./client.ts";
import { itemsOf } from "./pages.ts";
import { progressLine } from "./progress.ts";

/** What the control plane says it made. */
interface Seeded {
  readonly made: Readonly<Record<string, number>>;
  readonly clock_advanced_ms: number;
}

type Amounts = Readonly<Record<string, number>>;

/** In the order in which they need each other. */
const KINDS = ["badges", "users", "awards"];
/** So many are asked for at a time: what the sandbox makes in one unit and one block. */
const PORTION = 250;

/** Arguments that cannot be used. Exit code 2. */
export class SeedUsageError extends Error {
  override readonly name = "SeedUsageError";
}

/** Applies fixtures in turn: those of the sandbox by name, others as the file's text. Returns a line for each. Throws ControlError. */
export async function seedFixtures(client: ControlClient, fixtures: readonly string[]): Promise<string> {
  const shipped = await itemsOf<string>(client, "/fixtures");
  const missing = fixtures.find((name) => !shipped.includes(name) && !statSync(name, { throwIfNoEntry: false })?.isFile());
  if (missing !== undefined) {
    throw new SeedUsageError(`there is no fixture ${missing}, and no such file; there are ${shipped.join(", ")}`);
  }
  const lines: string[] = [];
  for (const name of fixtures) {
    const body = shipped.includes(name) ? { fixture: name } : { yaml: readFileSync(name, "utf8"), file: name };
    const { made, clock_advanced_ms } = await client.call<Seeded>("POST", "/seed", body);
    const days = Math.round(clock_advanced_ms / 86_400_000);
    lines.push(`${name}: ${sayMade(made)}${clock_advanced_ms > 0 ? `; the clock went on ${days} days, as long as its history is` : ""}`);
  }
  return lines.join("\n");
}

/** Has the sandbox generate data, portion by portion, so that its progress can be shown. Throws ControlError. */
export async function generateData(client: ControlClient, amounts: Amounts, silent = false): Promise<string> {
  const total = Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
  const progress = progressLine("generating", silent, "records");
  const began = performance.now();
  let done = 0;
  for (const kind of KINDS) {
    for (let left = amounts[kind] ?? 0; left > 0; left -= PORTION) {
      const some = Math.min(left, PORTION);
      await client.call("POST", "/seed", { generate: { [kind]: some } });
      progress((done += some), total);
    }
  }
  const seconds = (performance.now() - began) / 1000;
  return `${sayMade(amounts)} in ${seconds.toFixed(1)} s: ${Math.round(total / seconds)} a second`;
}

/** The amounts of `users=10000,badges=5`. Throws SeedUsageError. */
export function parseAmounts(text: string): Amounts {
  const pairs = text.split(",").map((part) => /^(users|badges|awards)=([1-9]\d{0,6})$/.exec(part.trim()));
  if (pairs.some((pair) => pair === null)) {
    throw new SeedUsageError(`--generate ${text}: write it as users=10000,badges=5,awards=2000 (each may be left out)`);
  }
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] as string, Number(pair?.[2])]));
}

function sayMade(made: Readonly<Record<string, number>>): string {
  const shown = Object.entries(made).filter(([kind]) => kind !== "events" && kind !== "progress");
  return shown.map(([kind, count]) => `${count} ${count === 1 ? kind.slice(0, -1) : kind}`).join(", ") || "nothing";
}
