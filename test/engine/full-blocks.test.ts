/** Blocks have an end: what a unit sends is taken, in the next block if need be, or the unit fails and leaves nothing. */
import { afterEach, describe, expect, it } from "vitest";
import { newRules } from "../../emulator/adapters/hardhat/rules.ts";
import type { Chain } from "../../emulator/ports/chain.ts";
import { Mining } from "../../emulator/services/mining.ts";
import { calls, stateOf } from "../support/engine-actions.ts";
import { openWorld, START, type World, type WorldOptions } from "../support/engine-world.ts";

let world: World;
afterEach(() => world.kill());

/** Room for the deployment, and for nearly four hundred mints. */
const SMALL = { ...newRules(), block_gas_limit: 16_000_000 };
const MANY = 420;
const many = () => Array.from({ length: MANY }, () => calls.mint(world, "ada", 1n));
const begin = async (options: WorldOptions = {}) => (world = await openWorld({ rules: SMALL, ...options }));
const supply = () => world.chain.totalSupply("latest");
const waiting = async () => ((await world.chain.request("eth_pendingTransactions", [])) as unknown[]).length;

/** A chain that takes nothing into its blocks. */
function takesNothing({ chain: { mine, sendAndMine } }: World): Partial<Chain> {
  return {
    mine: async (timestamp) => {
      const { step, block } = await mine(timestamp);
      return { step, block: { ...block, receipts: [] } };
    },
    sendAndMine: async (some, timestamp) => {
      const { block, ...rest } = await sendAndMine(some, timestamp);
      return { ...rest, block: { ...block, receipts: [] } };
    },
  };
}

describe("more than a block holds", () => {
  it("is in the next ones, and confirmed", async () => {
    await begin();
    const outcomes = await world.writer.run({}, (unit) => unit.transact(many()));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["confirmed"]));
    expect(new Set(outcomes.map((outcome) => ("block" in outcome ? outcome.block.number : null)))).toEqual(new Set([2, 3]));
    expect(await supply()).toBe(BigInt(MANY));
  });

  it("of what waited before is no obstacle to a unit that mines at once", async () => {
    await begin({ mining: "deferred" });
    await world.writer.run({}, (unit) => unit.transact(many()));
    await world.writer.chronicle({ from: START, clock: null }, (unit) =>
      unit.inOneBlock(() => unit.transact([calls.mint(world, "ben", 5n)])),
    );
    expect(await supply()).toBe(BigInt(MANY) + 5n);
  });

  it("under interval mining comes when it is due, whichever of it is due first", async () => {
    await begin({ mining: "deferred" });
    const mining = new Mining({ kind: "interval", every_ms: 1000 });
    const sent = await world.writer.run({}, async (unit) => {
      const outcomes = await unit.transact(many());
      for (const outcome of outcomes) mining.submitted(unit, outcome, "external");
      return outcomes;
    });
    await world.writer.run({}, (unit) => mining.mineDue(unit, sent.at(-1)?.hash as string));
    expect(await waiting()).toBe(0);
    expect(await supply()).toBe(BigInt(MANY));
  });

  it("what no block can take waits without a date, and holds nothing up", async () => {
    await begin({ mining: "deferred" });
    const mining = new Mining({ kind: "interval", every_ms: 1000 });
    const from = world.chain.identity.accounts[0]?.address as string;
    const hash = await world.writer.run({}, (unit) =>
      mining.sendExternal(unit, { from, request: { from, to: from, nonce: "0x7", gas: "0x5208" } }),
    );
    await world.writer.run({}, (unit) => mining.mineDue(unit, hash));
    expect(world.store.get("submissions", hash)).toMatchObject({ mine_at: null });
    expect(await waiting()).toBe(1);
  });

  it("is the same after a restart", async () => {
    await begin();
    await world.writer.run({}, (unit) => unit.transact(many()));
    const steps = world.state.head.chain;
    const { hash } = await world.chain.head();
    await world.kill();
    await begin();
    expect(await world.chain.replay(steps)).toBe(hash);
  });
});

describe("a transaction that is not taken", () => {
  it("fails its unit, and nothing is left", async () => {
    await begin();
    const before = await stateOf(world);
    world.chain.override(takesNothing(world));
    await expect(world.writer.run({}, (unit) => unit.transact([calls.mint(world, "ada", 1n)]))).rejects.toMatchObject({
      name: "ChainUnavailable",
    });
    expect(await stateOf(world)).toEqual(before);
  });

  it("fails `inOneBlock`, and nothing is left", async () => {
    await begin();
    const before = await stateOf(world);
    world.chain.override(takesNothing(world));
    const failing = world.writer.chronicle({ from: START, clock: null }, (unit) =>
      unit.inOneBlock(() => unit.transact([calls.mint(world, "ada", 1n)])),
    );
    await expect(failing).rejects.toMatchObject({ name: "ChainUnavailable" });
    expect(await stateOf(world)).toEqual(before);
  });

  it("fails the deployment", async () => {
    await expect(openWorld({ rules: { ...newRules(), block_gas_limit: 11_000_000 } })).rejects.toMatchObject({ name: "ChainUnavailable" });
    await begin();
  });
});

describe("`inOneBlock`", () => {
  it("has room for 40 % of a block's gas, so that the base fee stays", async () => {
    await begin();
    const sent = await world.writer.chronicle({ from: START, clock: null }, (unit) =>
      unit.inOneBlock(async () => {
        let count = 0;
        for (; unit.hasRoom; count++) await unit.transact([calls.mint(world, "ada", 1n)]);
        return count;
      }),
    );
    const { gasUsed, gasLimit, baseFeePerGas } = (await world.chain.request("eth_getBlockByNumber", ["latest", false])) as Record<
      string,
      string
    >;
    const share = Number(gasUsed) / Number(gasLimit);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThanOrEqual(0.4);
    expect(Number(baseFeePerGas)).toBe(7);
    expect(await supply()).toBe(BigInt(sent));
  });
});
