import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { NodeTimer } from "../../emulator/adapters/time/timer.ts";
import { shouldBehaveLikeTimer } from "./timer.ts";

shouldBehaveLikeTimer("time", () => new NodeTimer());

describe("time: an armed timer", () => {
  it("does not keep the process alive", async () => {
    const module = fileURLToPath(new URL("../../emulator/adapters/time/timer.ts", import.meta.url));
    const script = `import { NodeTimer } from ${JSON.stringify(module)}; new NodeTimer().arm(3_600_000, () => {});`;
    await expect(promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { timeout: 10_000 })).resolves.toBeDefined();
  });
});
