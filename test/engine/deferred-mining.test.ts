import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calls, stateOf, walletOf } from "../support/engine-actions.ts";
import { openWorld, type World } from "../support/engine-world.ts";

describe("interval and manual mining", () => {
  let world: World;
  let settled: { number: number; hash: string }[];

  beforeEach(async () => {
    settled = [];
    world = await openWorld({
      mining: "deferred",
      settle: async (_unit, mined) => {
        for (const { block, receipt } of mined) settled.push({ number: block.number, hash: receipt.hash });
      },
    });
  });
  afterEach(() => world.kill());
  const send = (...some: Parameters<Parameters<Parameters<World["writer"]["run"]>[1]>[0]["transact"]>[0][number][]) =>
    world.writer.run({}, (unit) => unit.transact(some));

  it("a transaction waits, and the unit that mines settles it", async () => {
    const [outcome] = await send(calls.mint(world, "ada", 5n));
    expect(outcome?.status).toBe("pending");
    expect(await world.chain.totalSupply("latest")).toBe(0n);
    await world.writer.run({}, (unit) => unit.mine());
    expect(settled).toEqual([{ number: 2, hash: outcome?.hash }]);
    expect(await world.chain.balanceOf(walletOf(world, "ada"), "latest")).toBe(5n);
  });

  it("what the chain would refuse now is refused at once, and nothing waits", async () => {
    const before = await stateOf(world);
    await expect(send(calls.mint(world, "ada", 5n), calls.burn(world, "ben", 1n))).rejects.toMatchObject({
      error: "ERC20InsufficientBalance",
    });
    expect(await stateOf(world)).toEqual(before);
  });

  it("a failed unit takes its transactions out of the mempool, and leaves the others in", async () => {
    const [waiting] = await send(calls.mint(world, "ada", 5n));
    const failing = world.writer.run({}, async (unit) => {
      await unit.transact([calls.mint(world, "ben", 7n)]);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await world.writer.run({}, (unit) => unit.mine());
    expect(settled).toEqual([{ number: 2, hash: waiting?.hash }]);
    expect(await world.chain.totalSupply("latest")).toBe(5n);
  });

  it("a settlement that fails undoes the block", async () => {
    await world.kill();
    world = await openWorld({
      mining: "deferred",
      settle: async () => {
        throw new Error("cannot be settled");
      },
    });
    await send(calls.mint(world, "ada", 5n));
    const before = await stateOf(world);
    await expect(world.writer.run({}, (unit) => unit.mine())).rejects.toThrow("cannot be settled");
    expect(await stateOf(world)).toEqual(before);
  });
});
