/** Long fixtures are parsed in a thread, which may take a gigabyte: one at a time, and none outlives its sandbox. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { DEEP } from "../support/depth.ts";

/** Threads that run, and the most that did at a time. */
const threads = { now: 0, most: 0 };
function count(message: unknown): void {
  threads.now += 1;
  threads.most = Math.max(threads.most, threads.now);
  (message as { worker: Worker }).worker.once("exit", () => (threads.now -= 1));
}
beforeAll(() => subscribe("worker_threads", count));
afterAll(() => void unsubscribe("worker_threads", count));
beforeEach(() => void Object.assign(threads, { now: 0, most: 0 }));

const long = (name: string, length = 5000) => ({ yaml: `fixture: ${name}\nsteps: []\n${"# long\n".repeat(length / 7)}` });
const codeOf = (error: { code: string }) => error.code;

it("20 at once: one thread at a time; more than wait are refused", async () => {
  await using sandbox = await createSandbox();
  const seeds = Array.from({ length: 23 }, (_, number) => sandbox.seed(long(`f${number}`)).then(() => "made", codeOf));
  expect(await Promise.all(seeds.slice(21))).toEqual(["PAYLOAD_TOO_LARGE", "PAYLOAD_TOO_LARGE"]);
  const read = DEEP ? 21 : 3;
  expect(await Promise.all(seeds.slice(0, read))).toEqual(Array(read).fill("made"));
  expect(threads.most).toBe(1);
  if (DEEP) expect(await sandbox.seed(long("again"))).toMatchObject({ made: {} });
});

it("one that is wrong, or crashes the thread, lets the next one pass", async () => {
  await using sandbox = await createSandbox();
  const wrong = sandbox.seed({ yaml: `${long("a").yaml}\nsteps: [` });
  const right = sandbox.seed(long("b"));
  await expect(wrong).rejects.toMatchObject({ name: "FixtureError" });
  expect(await right).toMatchObject({ made: {} });
});

it.each<readonly [string, string, string]>([
  ["line breaks", "\n".repeat(1_000_000), "It has more than 262144 lines"],
  ...(DEEP
    ? [["steps that are none", `steps: [${"{},".repeat(110_000)}]`, "more lists, maps and values than are read at once"] as const]
    : []),
])("one of nothing but %s is refused, and not handed over", async (_what, rest, reason) => {
  await using sandbox = await createSandbox();
  await expect(sandbox.seed({ yaml: `fixture: x\n${rest}` })).rejects.toThrow(reason);
});

it("a stop ends the one that is parsed, and those that wait", async () => {
  const sandbox = await createSandbox();
  const steps = '  - createUser: { email: "a@b.example", display_name: A }\n'.repeat(100_000);
  const seeds = [1, 2, 3].map(() => sandbox.seed({ yaml: `fixture: huge\nsteps:\n${steps}` }).catch(codeOf));
  await expect.poll(() => threads.now).toBe(1);
  const began = performance.now();
  await sandbox.close();
  expect(await Promise.all(seeds)).toEqual(Array(3).fill("STORAGE_UNAVAILABLE"));
  expect(performance.now() - began).toBeLessThan(2000);
  await expect.poll(() => threads.now).toBe(0);
});
