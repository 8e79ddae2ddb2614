import { expect, it } from "vitest";
import { openLog } from "../../emulator/cli/log.ts";

it.each([
  [false, "info", "info"],
  [false, "silent", "silent"],
  [true, "trace", "error"],
  [true, "fatal", "fatal"],
  [true, "silent", "silent"],
] as const)("silent %s with the level %s logs from %s", (silent, logLevel, level) => {
  expect(openLog({ silent, logLevel, logFormat: "pretty" }).level).toBe(level);
});
