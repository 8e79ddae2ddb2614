import { expect, it, onTestFinished } from "vitest";
import { openWorld } from "../support/engine-world.ts";

it("how long the step in progress keeps everything else waiting is known", async () => {
  const world = await openWorld();
  onTestFinished(() => world.kill());
  expect(world.writer.busyFor).toBe(0);
  let end = () => {};
  const step = world.writer.quiet(() => new Promise<void>((resolve) => (end = resolve)));
  const waiting = world.writer.quiet(async () => world.writer.busyFor);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(world.writer.busyFor).toBeGreaterThan(20);
  end();
  await step;
  expect(await waiting).toBeLessThan(20);
  await world.writer.quiet(async () => {});
  expect(world.writer.busyFor).toBe(0);
});

it("what is stopped writes nothing more: neither the unit in progress, nor a compaction", async () => {
  const world = await openWorld();
  onTestFinished(() => world.kill());
  const lines = await countOf(world.journal.read());
  const unit = world.writer.run({}, async (unit) => {
    await unit.mine();
    world.writer.stop(new Error("stopped"));
  });
  await expect(unit).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  await expect(world.compact()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  expect(await countOf(world.journal.read())).toBe(lines);
});

async function countOf(lines: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of lines) count += 1;
  return count;
}
