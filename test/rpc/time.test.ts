import { describe, expect, it } from "vitest";
import { openWorld, type World } from "./world.ts";

const DAY = 86_400;

async function latest({ rpc }: World): Promise<{ number: number; timestamp: number }> {
  const block = await rpc<{ number: string; timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
  return { number: Number(block.number), timestamp: Number(block.timestamp) };
}
function now({ sandbox }: World): number {
  return Date.parse(sandbox.clock.show().now) / 1000;
}

describe("evm_snapshot and evm_revert", () => {
  it("take back chain, API and clock together", async () => {
    const world = await openWorld({ seed: 1 });
    const ada = await world.api.user();
    await world.api.mint(ada.id, "1");
    const [block, at] = [await latest(world), now(world)];
    const id = await world.rpc("evm_snapshot");
    await world.api.mint(ada.id, "2");
    await world.api.user();
    await world.rpc("evm_increaseTime", [DAY]);

    expect(await world.rpc("evm_revert", [id])).toBe(true);
    expect(await latest(world)).toEqual(block);
    expect(now(world)).toBe(at);
    expect(await world.api.balance(ada.id)).toMatch(/^1(\.0+)?$/);
    expect((await world.api.get("/users")).items).toHaveLength(1);
    await world.sandbox.doctor();
  });

  it("a revert uses up its snapshot and the later ones", async () => {
    const { rpc, sandbox } = await openWorld();
    const ids = [await rpc("evm_snapshot"), await rpc("evm_snapshot"), await rpc("evm_snapshot")];
    expect(new Set(ids).size).toBe(3);
    expect(await rpc("evm_revert", [ids[1]])).toBe(true);
    expect(await rpc("evm_revert", [ids[1]])).toBe(false);
    expect(await rpc("evm_revert", [ids[2]])).toBe(false);
    expect(await rpc("evm_revert", [ids[0]])).toBe(true);
    expect(sandbox.snapshots()).toEqual([]);
    expect(ids).not.toContain(await rpc("evm_snapshot"));
  });

  it("a snapshot that never was answers false", async () => {
    const { rpc, refused } = await openWorld();
    expect(await rpc("evm_revert", ["0x63"])).toBe(false);
    expect(await refused("evm_revert", ["zebra"])).toMatchObject({ code: -32602 });
  });

  it("leave the snapshots of others alone", async () => {
    const { rpc, sandbox } = await openWorld();
    await sandbox.snapshot("mine");
    const id = await rpc("evm_snapshot");
    await sandbox.snapshot("mine-too");
    await rpc("evm_revert", [id]);
    expect(sandbox.snapshots().map(({ name }) => name)).toEqual(["mine", "mine-too"]);
  });
});

describe("mining", () => {
  it("evm_mine mines one block, hardhat_mine as many as asked, as far apart as asked", async () => {
    const world = await openWorld({ seed: 1 });
    const start = await latest(world);
    expect(await world.rpc("evm_mine")).toBe("0x0");
    expect(await world.rpc("hardhat_mine", ["0x3", "0x3c"])).toBe(true);
    expect(await latest(world)).toEqual({ number: start.number + 4, timestamp: start.timestamp + 120 });
    await world.rpc("hardhat_mine");
    expect((await latest(world)).number).toBe(start.number + 5);
    await world.sandbox.doctor();
  });

  it("evm_mine takes a timestamp that is not past", async () => {
    const world = await openWorld({ seed: 1 });
    const { number, timestamp } = await latest(world);
    await world.rpc("evm_mine", [timestamp + DAY]);
    expect(await latest(world)).toEqual({ number: number + 1, timestamp: timestamp + DAY });
    expect(await world.refused("evm_mine", [timestamp])).toMatchObject({ code: -32602 });
    expect((await latest(world)).number).toBe(number + 1);
  });

  it("an absurd number of blocks is refused", async () => {
    const { refused } = await openWorld();
    for (const count of ["0x100000", -1, 1.5, "many", {}]) expect(await refused("hardhat_mine", [count])).toMatchObject({ code: -32602 });
  });

  it("hardhat_getAutomine says how blocks come", async () => {
    expect(await (await openWorld()).rpc("hardhat_getAutomine")).toBe(true);
    expect(await (await openWorld({ mining: { kind: "manual" } })).rpc("hardhat_getAutomine")).toBe(false);
  });
});

describe("time", () => {
  it("evm_increaseTime moves API and chain, given as number, hexadecimal or text", async () => {
    const world = await openWorld({ seed: 1 });
    const start = now(world);
    for (const by of [DAY, "0x15180", "86400"]) await world.rpc("evm_increaseTime", [by]);
    expect(now(world)).toBe(start + 3 * DAY);
    await world.rpc("evm_mine");
    expect((await latest(world)).timestamp).toBe(start + 3 * DAY);
  });

  it("evm_setNextBlockTimestamp and evm_setTime go forward and not back", async () => {
    const world = await openWorld({ seed: 1 });
    const start = now(world);
    await world.rpc("evm_setNextBlockTimestamp", [start + DAY]);
    await world.rpc("evm_mine");
    expect((await latest(world)).timestamp).toBe(start + DAY);
    await world.rpc("evm_setTime", [start + 2 * DAY]);
    await world.rpc("evm_setTime", [(start + 3 * DAY) * 1000]);
    expect(now(world)).toBe(start + 3 * DAY);
    for (const method of ["evm_setNextBlockTimestamp", "evm_setTime"]) {
      expect(await world.refused(method, [start])).toMatchObject({ code: -32602 });
    }
    expect(now(world)).toBe(start + 3 * DAY);
  });
});
