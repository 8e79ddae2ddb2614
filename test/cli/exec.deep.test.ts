/** `exec` and signals, and the configuration file. */
import { writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { newFolder } from "../support/folder.ts";
import { LAUNCHER } from "../support/package.ts";
import { command, run } from "../support/processes.ts";
import { ASK, cleaningUpAfter, interrupted } from "./exec-script.ts";

vi.setConfig({ testTimeout: 120_000 });

const cwd = newFolder();

it("the port and folder of the configuration file are left to start", async () => {
  const here = newFolder();
  writeFileSync(`${here}/getsmart-sandbox.config.yaml`, "port: 1\nrpc-port: 1\ndata-dir: /proc/none\nchain-id: 77\n");
  const { code, stdout } = await command(
    ["exec", "--", "node", "-e", `${ASK} get("/meta").then((m) => console.log(m.data.chain.chain_id))`],
    {
      cwd: here,
    },
  );
  expect([code, stdout]).toEqual([0, "77\n"]);
});

describe("signals", () => {
  /** Says where its sandbox is, and lives on. */
  const lasting = `${ASK} console.log(base); setInterval(() => {}, 1000);`;

  it.each(["SIGINT", "SIGHUP"] as const)("%s is handed on, and the sandbox is there until the command has cleaned up", async (signal) => {
    const { code, stdout, base } = await interrupted(cleaningUpAfter(signal), (child) => child.kill(signal));
    expect([code, stdout.split("\n")[1]]).toEqual([9, "success"]);
    await expect(fetch(base)).rejects.toThrow();
  });

  it("a command that dies of it: 128 + n", async () => {
    expect((await interrupted(lasting, (child) => child.kill("SIGTERM"))).code).toBe(143);
  });

  it("one that comes before the command is started keeps it from starting", async () => {
    const fifo = `${newFolder()}/config.yaml`;
    await run("mkfifo", [fifo], { cwd });
    const args = [LAUNCHER, "exec", "--config", fifo, "--", "echo", "started"];
    const outcome = await run(process.execPath, args, { cwd }, async (child) => {
      // Opened as soon as somebody reads it: in the midst of the start.
      const config = await open(fifo, "w");
      child.kill("SIGTERM");
      await config.writeFile("chain-id: 77\n");
      await config.close();
    });
    expect(outcome).toEqual({ code: 143, stdout: "", stderr: "" });
  });

  it("SIGKILL of exec itself: the sandbox is gone at once", async () => {
    const script = lasting.replace("setInterval(() => {}, 1000)", "setInterval(() => fetch(base).catch(() => process.exit()), 50)");
    const { code, base } = await interrupted(script, (child) => child.kill("SIGKILL"));
    expect(code).toBe(null);
    await expect(fetch(base)).rejects.toThrow();
  });
});
