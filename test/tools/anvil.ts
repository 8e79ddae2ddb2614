import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { packageFile } from "../../emulator/package-root.ts";
import { secondTierTool } from "../support/tools.ts";

/** A node of somebody else on a free port, ended with the test. Returns its URL. */
async function started(program: string, args: readonly string[], listening: RegExp): Promise<string> {
  // A group of its own: the launcher of the npm package starts the program, and does not take it along.
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" }, detached: true });
  const ended = once(child, "close");
  onTestFinished(async () => {
    process.kill(-(child.pid as number), "SIGKILL");
    await ended;
  });
  let output = "";
  return await new Promise((resolve, reject) => {
    const hear = (chunk: unknown) => {
      output += chunk;
      const [, address] = listening.exec(output) ?? [];
      if (address) resolve(`http://${address}`);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    void ended.then(() => reject(new Error(`${program} ended: ${output}`)));
  });
}

/** Foundry's node. */
export const anvil = () => started(secondTierTool("anvil"), ["--port", "0", "--hardfork", "osaka"], /Listening on (127\.0\.0\.1:\d+)/);

/** `hardhat node` with this repository's hardhat.config.ts. */
export const hardhatNode = () =>
  started(
    process.execPath,
    [
      packageFile("node_modules/.bin/hardhat"),
      "--config",
      packageFile("hardhat.config.ts"),
      "node",
      "--hostname",
      "127.0.0.1",
      "--port",
      "0",
    ],
    /http:\/\/(127\.0\.0\.1:\d+)/,
  );

/** One JSON-RPC call; throws the answer's error. */
export async function ask<T>(url: string, method: string, params: readonly unknown[] = []): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as { result: T; error?: { code: number; message: string } };
  if (error) throw Object.assign(new Error(error.message), error);
  return result;
}
