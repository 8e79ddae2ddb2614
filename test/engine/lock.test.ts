import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataFolderInUse, isAlive, type LockContent, readLock, takeLock } from "../../emulator/adapters/fs/lock.ts";
import { newFolder } from "../support/folder.ts";
import { skipped } from "../support/tools.ts";
import { LockProcess } from "./lock-process.ts";

const notLinux = process.platform !== "linux" && skipped("how a process began is read from /proc");

let folder: string;
let file: string;
let children: LockProcess[];

beforeEach(() => {
  folder = newFolder();
  file = join(folder, "lock");
  children = [];
});
afterEach(async () => {
  for (const child of children) await child.kill();
  rmSync(folder, { recursive: true });
});
async function processes(count: number): Promise<LockProcess[]> {
  const started = await Promise.all(Array.from({ length: count }, () => LockProcess.start(file)));
  children.push(...started);
  return started;
}
/** A lock as a process that is gone would have left it. */
function leave(lock: Partial<LockContent>): void {
  const own = takeLock(file);
  const content = readLock(file);
  own.release();
  writeFileSync(file, JSON.stringify({ ...content, ...lock }));
}

describe("the lock of a data folder", () => {
  it("says who holds it, to its owner only, and leaves nothing else behind", () => {
    const lock = takeLock(file);
    expect(readLock(file)).toMatchObject({ pid: process.pid, urls: {} });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["lock"]);
    lock.release();
    expect(existsSync(file)).toBe(false);
  });

  it("publishes where the sandbox can be reached", () => {
    const lock = takeLock(file);
    lock.publish({ api: "http://127.0.0.1:4010" });
    expect(readLock(file)).toMatchObject({ pid: process.pid, urls: { api: "http://127.0.0.1:4010" } });
    expect(isAlive(readLock(file) as LockContent)).toBe(true);
    lock.release();
  });

  it("is not given twice within a process; once released it is free", () => {
    const lock = takeLock(file);
    expect(() => takeLock(file)).toThrow(DataFolderInUse);
    lock.release();
    takeLock(file).release();
  });

  it("held by another process: DataFolderInUse names its pid and where it is", async () => {
    const [holder] = (await processes(1)) as [LockProcess];
    expect(await holder.take()).toBe("held");
    const failure = (() => {
      try {
        return takeLock(file);
      } catch (error) {
        return error as DataFolderInUse;
      }
    })();
    expect(failure).toBeInstanceOf(DataFolderInUse);
    expect(failure).toMatchObject({ holder: { pid: holder.pid } });
    expect((failure as DataFolderInUse).message).toContain(String(holder.pid));
    expect(readLock(file)?.pid).toBe(holder.pid);
  });

  it("of a killed process is not in the way", async () => {
    const [holder] = (await processes(1)) as [LockProcess];
    await holder.take();
    await holder.kill();
    expect(readLock(file)?.pid).toBe(holder.pid);
    takeLock(file).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(notLinux)("of a killed process whose pid another one has by now is not in the way", () => {
    leave({ process_start: "1" });
    takeLock(file).release();
  });

  it.skipIf(notLinux)("from before the computer was started anew is not in the way", () => {
    leave({ boot_id: "00000000-0000-0000-0000-000000000000" });
    takeLock(file).release();
  });

  it.each(["", "{", "null", '"text"', "[]", "{}"])("with the content %j, which nobody alive wrote, is not in the way", (content) => {
    writeFileSync(file, content);
    takeLock(file).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("several processes at once", () => {
  it.each([
    ["a free folder", () => {}],
    ["a folder whose holder was killed", () => leave({ pid: 2 ** 22 + 1 })],
    ["a folder with an unreadable lock", () => writeFileSync(file, "{")],
  ])("on %s: one wins, and the others name it", async (_, prepare) => {
    const racers = await processes(4);
    for (let round = 0; round < 12; round++) {
      rmSync(file, { force: true });
      prepare();
      const results = await Promise.all(racers.map((racer) => racer.take()));
      const winners = racers.filter((_each, i) => results[i] === "held");
      expect(winners, results.join(", ")).toHaveLength(1);
      expect(readLock(file)?.pid).toBe(winners[0]?.pid);
      const others = results.filter((result) => result !== "held");
      for (const result of others) expect(result).toMatch(/^in use by \d+$/);
    }
    expect(readdirSync(folder)).toEqual(["lock"]);
  });
});
