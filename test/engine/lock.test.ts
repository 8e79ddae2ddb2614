import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DataFolderInUse, type LockContent, livingLock, readLock, takeLock } from "../../emulator/adapters/fs/lock.ts";
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
async function leave(lock: Partial<LockContent>): Promise<void> {
  const own = await takeLock(file);
  const content = readLock(file);
  own.release();
  writeFileSync(file, JSON.stringify({ ...content, ...lock }));
}
/** The lock's last beat was so long ago. */
function silentFor(ms: number): void {
  const at = (Date.now() - ms) / 1000;
  utimesSync(file, at, at);
}

describe("the lock of a data folder", () => {
  it("says who holds it, to its owner only, and leaves nothing else behind", async () => {
    const lock = await takeLock(file);
    expect(readLock(file)).toMatchObject({ pid: process.pid, urls: {} });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["lock"]);
    lock.release();
    expect(existsSync(file)).toBe(false);
  });

  it("publishes where the sandbox can be reached", async () => {
    const lock = await takeLock(file);
    lock.publish({ urls: { api: "http://127.0.0.1:4010" } });
    expect(readLock(file)).toMatchObject({ pid: process.pid, urls: { api: "http://127.0.0.1:4010" } });
    expect(livingLock(file)).toMatchObject({ pid: process.pid });
    lock.release();
  });

  it("is not given twice within a process; once released it is free", async () => {
    const lock = await takeLock(file);
    await expect(takeLock(file)).rejects.toThrow(DataFolderInUse);
    lock.release();
    (await takeLock(file)).release();
  });

  it("held by another process: DataFolderInUse names its pid and where it is", async () => {
    const [holder] = (await processes(1)) as [LockProcess];
    expect(await holder.take()).toBe("held");
    const failure = await takeLock(file).catch((error) => error);
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
    (await takeLock(file)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(notLinux)("of a killed process whose pid another one has by now is not in the way", async () => {
    await leave({ process_start: "1" });
    (await takeLock(file)).release();
  });

  it.skipIf(notLinux)("from before the computer was started anew is not in the way, being silent since", async () => {
    await leave({ boot_id: "00000000-0000-0000-0000-000000000000" });
    silentFor(11_000);
    (await takeLock(file)).release();
  });

  it.each(["", "{", "null", '"text"', "[]", "{}"])("with the content %j, which nobody alive wrote, is not in the way", async (content) => {
    writeFileSync(file, content);
    (await takeLock(file)).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** As a container with the same folder has it: our pid, if it is there at all, is another process. */
const ELSEWHERE = { pid_namespace: "pid:[1]" };

describe("of a process whose pid says nothing here (another container, another machine, Windows)", () => {
  it("is in the way for as long as it beats, which is told while it is watched", async () => {
    await leave({ ...ELSEWHERE, pid: 7 });
    const told: string[] = [];
    const taking = takeLock(file, { waiting: (message) => told.push(message) });
    const beat = setTimeout(() => silentFor(0), 300);
    await expect(taking).rejects.toMatchObject({ name: "DataFolderInUse", holder: { pid: 7 } });
    clearTimeout(beat);
    expect(told).toEqual([expect.stringMatching(/pid 7.* free after 10 s without a sign of life/)]);
  });

  it("is free after a silence, and not before", async () => {
    await leave(ELSEWHERE);
    const began = performance.now();
    const lock = await takeLock(file, { silence: 400 });
    expect(performance.now() - began).toBeGreaterThan(350);
    expect(readLock(file)?.pid_namespace).not.toBe(ELSEWHERE.pid_namespace);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("counts the silence that was", async () => {
    await leave(ELSEWHERE);
    silentFor(9700);
    const told: string[] = [];
    (await takeLock(file, { waiting: (message) => told.push(message) })).release();
    expect(told).toEqual([expect.stringContaining("free after 1 s")]);
  });

  it("is where a command finds the sandbox, while it beats", async () => {
    await leave({ ...ELSEWHERE, urls: { api: "http://127.0.0.1:4010" } });
    expect(livingLock(file)?.urls.api).toBe("http://127.0.0.1:4010");
    silentFor(11_000);
    expect(livingLock(file)).toBeNull();
  });
});

describe("a folder that was copied while its sandbox was running", () => {
  it("can be opened, and is not where a command finds the sandbox", async () => {
    const lock = await takeLock(file);
    const copy = join(newFolder(), "copy");
    cpSync(folder, copy, { recursive: true });
    expect(livingLock(join(copy, "lock"))).toBeNull();
    const other = await takeLock(join(copy, "lock"));
    expect(livingLock(join(copy, "lock"))).not.toBeNull();
    expect(livingLock(file)).not.toBeNull();
    other.release();
    lock.release();
  });
});

describe("a lock that is held", () => {
  it("beats every two seconds, and stops when it is released", async () => {
    const lock = await takeLock(file);
    const text = readFileSync(file, "utf8");
    silentFor(60_000);
    await vi.waitFor(() => expect(Date.now() - statSync(file).mtimeMs).toBeLessThan(3000), 4000);
    expect(readFileSync(file, "utf8")).toBe(text);
    lock.release();
  });

  it("that was removed is taken again; one that another process has taken is lost, and said, and not released", async () => {
    const lock = await takeLock(file);
    const lost: string[] = [];
    lock.whenLost((reason) => lost.push(reason));
    rmSync(file);
    await vi.waitFor(() => expect(readLock(file)?.pid).toBe(process.pid), 4000);
    const content = { ...readLock(file), pid: 7 };
    writeFileSync(file, JSON.stringify(content));
    await vi.waitFor(() => expect(lost).toEqual([expect.stringContaining("pid 7")]), 4000);
    lock.release();
    expect(readLock(file)).toEqual(content);
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
      await prepare();
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
