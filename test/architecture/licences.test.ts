/** What people get with this package may be used by anybody: every runtime package has a permissive licence, and what is bundled is named. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const PERMISSIVE = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense",
];

const text = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

it("every package of an installation has a permissive licence", () => {
  const { packages } = JSON.parse(text("package-lock.json")) as { packages: Record<string, { dev?: boolean; license?: string }> };
  const installed = Object.entries(packages).filter(([place, { dev }]) => place !== "" && !dev);
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.filter(([, { license }]) => !PERMISSIVE.includes(license ?? ""))).toEqual([]);
});

it("the reference page's script comes with the notices of what it may hold", () => {
  const notice = text("spec/reference/NOTICE");
  expect(notice).toMatch(/^scalar\.js\.br is .* of @scalar\/api-reference \d+\.\d+\.\d+ /);
  for (const bundled of ["vue", "fast-deep-equal", "zod"]) expect(notice).toMatch(new RegExp(`^${bundled} \\d.* \\(MIT\\)$`, "m"));
});
