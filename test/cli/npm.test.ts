/** npm stands in front of the sandbox, often with a shell between them: when npm has gone, so has the sandbox. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isForegroundOfNpm } from "../../emulator/cli/parent.ts";
import { DEEP } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { LAUNCHER } from "../support/package.ts";
import { run } from "../support/processes.ts";

vi.setConfig({ testTimeout: 120_000 });

const PATIENCE_MS = 60_000;
const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
});

it("SIGTERM to npm stops start", async () => {
  const { pid } = await underNpm(
    `node ${LAUNCHER} start --ephemeral --port 0 --rpc-port 0 --fixture empty --config-out out.json`,
    "SIGTERM",
  );
  await goneSoon(pid);
});

it("SIGKILL to npm stops start, the shell between them or not", async () => {
  const { pid } = await underNpm(`node ${LAUNCHER} start --port 0 --rpc-port 0 --fixture empty --config-out out.json`, "SIGKILL");
  await goneSoon(pid);
});

if (DEEP) {
  it("SIGTERM to npm stops exec and its command", async () => {
    const { pid, folder } = await underNpm(`node ${LAUNCHER} exec --config-out out.json -- node hold.mjs`, "SIGTERM");
    await goneSoon(pid);
    await goneSoon(Number(readFileSync(`${folder}/held`, "utf8")));
  });
}

describe("it is a script's own affair what it puts into the background", () => {
  it.each([
    ["getsmart-sandbox start", true],
    ["getsmart-sandbox", true],
    ["cd x && getsmart-sandbox start > log 2>&1 || exit 1", true],
    ["getsmart-sandbox start & getsmart-sandbox wait", false],
    ["getsmart-sandbox start &", false],
    ["sh up.sh", false],
    [undefined, false],
  ])("%s: %s", (npm_lifecycle_script, watched) => {
    expect(isForegroundOfNpm({ npm_lifecycle_script })).toBe(watched);
  });
});

/** Runs a script by npm, kills npm once the sandbox is ready, and tells the sandbox's process. */
async function underNpm(script: string, signal: NodeJS.Signals): Promise<{ pid: number; folder: string }> {
  const folder = newFolder();
  const hold = 'import { writeFileSync } from "node:fs";\nwriteFileSync("held", String(process.pid));\nsetInterval(() => {}, 1000);\n';
  writeFileSync(`${folder}/hold.mjs`, hold);
  writeFileSync(`${folder}/package.json`, JSON.stringify({ private: true, scripts: { sandbox: script } }));
  let pid = 0;
  await run("npm", ["run", "sandbox"], { cwd: folder }, async (npm) => {
    while (!existsSync(`${folder}/out.json`) || (script.includes("hold") && !existsSync(`${folder}/held`))) await sleep(50);
    await sleep(100);
    const { GETSMART_CONTROL_URL: control } = JSON.parse(readFileSync(`${folder}/out.json`, "utf8"));
    const info = (await (await fetch(`${control}/info`)).json()) as { data: { pid: number } };
    pid = info.data.pid;
    started.push(pid);
    npm.kill(signal);
    // What outlives npm holds these.
    npm.stdout?.destroy();
    npm.stderr?.destroy();
  });
  return { pid, folder };
}

async function goneSoon(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(1);
  const deadline = performance.now() + PATIENCE_MS;
  while (isAlive(pid) && performance.now() < deadline) await sleep(50);
  expect(isAlive(pid), `process ${pid} lives on`).toBe(false);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
