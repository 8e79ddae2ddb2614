/** What a sandbox prints may be lost – a full disk, a closed pipe –, and it goes on; what a command answers may not. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { LAUNCHER } from "../support/package.ts";
import { command, shell, start } from "../support/processes.ts";

const START = `"${process.execPath}" "${LAUNCHER}" start --ephemeral --fixture empty --port 0 --rpc-port 0 --config-out out.json`;

async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  for (const late = performance.now() + 60_000; performance.now() < late; await sleep(50)) {
    const found = look();
    if (found) return found;
  }
  throw new Error("late");
}
const read = (file: string) =>
  existsSync(file) && readFileSync(file, "utf8").endsWith("}\n") ? JSON.parse(readFileSync(file, "utf8")) : null;

describe.skipIf(process.platform !== "linux")("`start` whose output cannot be written (/dev/full is Linux's)", () => {
  it.each([">/dev/full", ">/dev/full 2>/dev/full --log-format json --log-level trace", "2>/dev/full", "| true", ">&- 2>&-"])(
    "start %s",
    async (redirection) => {
      const cwd = newFolder();
      const ended = shell(`${START} ${redirection}`, { cwd });
      const {
        GETSMART_BASE_URL: base,
        GETSMART_API_KEY: key,
        GETSMART_CONTROL_URL: control,
      } = await until(() => read(join(cwd, "out.json")));
      const headers = { Authorization: `Bearer ${key}` };
      for (let i = 0; i < 3; i++) expect((await fetch(`${base}/users`, { headers })).status).toBe(200);
      const { data } = (await (await fetch(`${control}/info`)).json()) as { data: { pid: number } };
      process.kill(data.pid, "SIGTERM");
      expect((await ended).code).toBe(0);
    },
    90_000,
  );
});

describe("a command whose answer cannot be written", () => {
  it.skipIf(process.platform !== "linux")("fails with a sentence when the disk is full; its reader may have enough", async () => {
    const cwd = newFolder();
    const sandbox = await start(["--data-dir", "data", "--fixture", "course"], { cwd });
    const bin = `"${process.execPath}" "${LAUNCHER}" export --data-dir data`;
    expect(await shell(`${bin} >/dev/full`, { cwd })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "getsmart-sandbox: standard output: the disk is full, or has no room for another file (ENOSPC); free some space on it, or choose another place.\n",
    });
    expect(await shell(`${bin} | head -1`, { cwd })).toMatchObject({ code: 0, stderr: "" });
    await sandbox.stop();
  });
});

describe("--config-out", () => {
  it.each([
    ["in a folder that is not there", "nowhere/out.json", "ENOENT"],
    ["that is a folder", ".", "EISDIR"],
  ])("%s: one sentence, and nothing is left", async (_, file, code) => {
    const cwd = newFolder();
    const { code: exit, stderr } = await command(
      ["start", "--ephemeral", "--fixture", "empty", "--port", "0", "--rpc-port", "0", "--config-out", file],
      { cwd },
    );
    expect(exit).toBe(1);
    expect(stderr).toMatch(new RegExp(`^getsmart-sandbox: .*: .* \\(${code}\\); .*\\.\\n$`));
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("holds an API key: it is its owner's alone, also when it was there", async () => {
    const cwd = newFolder();
    const file = join(cwd, "out.json");
    writeFileSync(file, "{}");
    chmodSync(file, 0o644);
    const { stop } = await start(["--ephemeral", "--fixture", "empty", "--config-out", file], { cwd });
    expect([statSync(file).mode & 0o777, read(file).GETSMART_API_KEY]).toEqual([0o600, expect.any(String)]);
    await stop();
  });
});

describe("compiled code", () => {
  it("is kept in a folder of this user's alone, and not in the shared one for temporary files", async () => {
    const cwd = newFolder();
    const env = { XDG_CACHE_HOME: join(cwd, "cache"), TMPDIR: join(cwd, "tmp") };
    expect((await command(["--version"], { cwd, env })).code).toBe(0);
    const kept = join(cwd, "cache/getsmart-sandbox/compiled");
    expect(readdirSync(kept)).not.toEqual([]);
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    expect(readdirSync(cwd)).toEqual(["cache"]);
    chmodSync(kept, 0o777);
    await command(["--version"], { cwd, env });
    expect(statSync(kept).mode & 0o777).toBe(0o700);
  });

  it("is not kept where there is no place for it", async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "file"), "");
    expect((await command(["--version"], { cwd, env: { XDG_CACHE_HOME: join(cwd, "file") } })).code).toBe(0);
  });
});
