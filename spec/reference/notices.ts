import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The licences and copyright notices of a package and of all that it depends on: what a bundle of it may hold. `folder`: of the package. */
export function noticesOf(folder: string): string {
  const packages = [...closure(folder)].map(([path, manifest]) => ({ path, manifest })).sort((a, b) => order(a.manifest, b.manifest));
  const byText = new Map<string, string[]>();
  for (const { path, manifest } of packages) {
    const text = licenceIn(path) ?? `Licence: ${manifest.license ?? "not stated"}`;
    byText.set(text, [...(byText.get(text) ?? []), `${manifest.name} ${manifest.version} (${manifest.license ?? "see below"})`]);
  }
  return [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`).join(`\n${"-".repeat(80)}\n\n`);
}

/** A package and everything it depends on, by folder, as Node resolves them. */
function closure(folder: string, found = new Map<string, Manifest>()): Map<string, Manifest> {
  if (found.has(folder)) return found;
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  found.set(folder, manifest);
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const at = resolved(name, folder);
    if (at !== null) closure(at, found);
  }
  return found;
}

function resolved(name: string, from: string): string | null {
  for (let place = from; place !== dirname(place); place = dirname(place)) {
    const candidate = join(place, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  return null;
}

function licenceIn(folder: string): string | null {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)([.-].*)?$/i.test(name));
  return file === undefined ? null : readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
}

const order = (a: Manifest, b: Manifest) => (a.name < b.name ? -1 : 1);
