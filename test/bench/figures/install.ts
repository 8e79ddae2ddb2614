import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../package/command.ts";
import { CHECKOUT, listFiles, pack } from "../../package/pack.ts";
import type { Figure, Values } from "../figure.ts";

/** What a project installs that builds on the same parts. */
const WITHOUT_VITEST = ["express", "lowdb", "hardhat", "@nomicfoundation/hardhat-ethers", "openapi-backend", "supertest"];
const FIXED = [...WITHOUT_VITEST, "vitest"];
const AIM = 1.12;

const OURS = "getsmart-sandbox";
const PARTS = "its fixed parts alone";
const FEWER_PARTS = "those without vitest";

export const install: Figure = {
  title: "what `npm install --omit=dev` puts into an empty folder",
  rounds: 1,
  variants: [OURS, PARTS, FEWER_PARTS],
  async measure(variant, scratch) {
    const folder = mkdtempSync(join(scratch, "install-"));
    if (variant !== OURS) return await installed((variant === PARTS ? FIXED : WITHOUT_VITEST).map(withRange), folder);
    const tarball = await pack(mkdtempSync(join(scratch, "pack-")));
    return { tarball_mb: megabytes(statSync(tarball).size), ...(await installed([tarball], folder)) };
  },
  judge(medians) {
    return [PARTS, FEWER_PARTS].map((parts) => {
      const ratio = (medians[OURS]?.mb ?? Number.NaN) / (medians[parts]?.mb ?? Number.NaN);
      return `${OURS}: ${ratio.toFixed(3)} × ${parts} (aim: at most ${AIM})${ratio <= AIM ? "" : "  MISSED"}`;
    });
  },
};

async function installed(packages: readonly string[], folder: string): Promise<Values> {
  await run(["npm", "install", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund", "--prefix", folder, ...packages], folder);
  const modules = join(folder, "node_modules");
  const files = listFiles(modules);
  const bytes = files.reduce((sum, path) => sum + statSync(join(modules, path)).size, 0);
  const { packages: locked } = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")) as { packages: object };
  return { mb: megabytes(bytes), files: files.length, packages: Object.keys(locked).length };
}

/** A package in the versions that we take. */
function withRange(name: string): string {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8"));
  return `${name}@${dependencies[name] ?? devDependencies[name]}`;
}

function megabytes(bytes: number): number {
  return bytes / 2 ** 20;
}
