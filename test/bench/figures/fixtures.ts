import { createSandbox } from "../../../emulator/sandbox.ts";
import type { Figure } from "../figure.ts";

export const fixtures: Figure = {
  title: "createSandbox with each fixture, the first of its process: chain, document and steps",
  rounds: 11,
  variants: ["empty", "course", "academy"],
  async measure(fixture) {
    const before = process.cpuUsage();
    const began = performance.now();
    await createSandbox({ fixture });
    const { user, system } = process.cpuUsage(before);
    return { ready_ms: performance.now() - began, cpu_ms: (user + system) / 1000 };
  },
  judge: ({ empty, course, academy }) =>
    Object.entries({ course, academy }).map(
      ([name, values]) => `${name} beside empty: ${((values?.ready_ms ?? 0) - (empty?.ready_ms ?? 0)).toFixed(0)} ms more (aim 150)`,
    ),
};
