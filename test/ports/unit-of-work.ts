import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChainRevert } from "../../emulator/ports/chain.ts";
import { calls, codeOf, register, stateOf, walletOf, welcome } from "../engine/deeds.ts";
import type { World } from "../engine/world.ts";
import { answer, user } from "../model/records.ts";

/** What every unit of work does (emulator/ports/unit-of-work.ts), under automatic mining. */
export function shouldBehaveLikeUnitOfWork(name: string, open: () => Promise<World>): void {
  let world: World;
  beforeEach(async () => {
    world = await open();
  });
  afterEach(() => world.kill());

  describe(`${name}: all or nothing`, () => {
    it("records, events and chain come together", async () => {
      const result = await world.writer.run({}, async (unit) => {
        register(unit, "ada");
        const [outcome] = await unit.transact([calls.mint(world, "ada", 5n)]);
        return outcome;
      });
      expect(result).toMatchObject({ status: "confirmed", block: { number: 2 } });
      expect(world.store.get("users", "ada")).toBeDefined();
      expect(world.store.by("events", "subject", "ada")).toHaveLength(1);
      expect(await world.chain.balanceOf(walletOf(world, "ada"), world.writer.committedBlock)).toBe(5n);
    });

    it("an error after everything was done leaves nothing", async () => {
      await welcome(world, "ben");
      const before = await stateOf(world);
      const failing = world.writer.run({}, async (unit) => {
        register(unit, "ada");
        unit.remove("users", "ben");
        await unit.transact([calls.mint(world, "ada", 5n)]);
        await unit.mine();
        throw new Error("at the last moment");
      });
      await expect(failing).rejects.toThrow("at the last moment");
      expect(await stateOf(world)).toEqual(before);
    });

    it("a refused call leaves nothing, and says the contract's error", async () => {
      const before = await stateOf(world);
      const failing = world.writer.run({}, async (unit) => {
        register(unit, "ada");
        await unit.transact([calls.burn(world, "ada", 5n)]);
      });
      await expect(failing).rejects.toThrow(ChainRevert);
      expect(await stateOf(world)).toEqual(before);
    });

    it("two calls of which the second is refused leave nothing", async () => {
      const before = await stateOf(world);
      const failing = world.writer.run({}, (unit) =>
        unit.transact([calls.mint(world, "ada", 5n), calls.transfer(world, "ada", "ben", 6n)]),
      );
      await expect(failing).rejects.toMatchObject({ error: "ERC20InsufficientBalance" });
      expect(await stateOf(world)).toEqual(before);
    });

    it("a refusal after an accepted transaction takes that one back too", async () => {
      const before = await stateOf(world);
      const failing = world.writer.run({}, async (unit) => {
        await unit.transact([calls.mint(world, "ada", 5n)]);
        await unit.transact([calls.burn(world, "ada", 6n)]);
      });
      await expect(failing).rejects.toThrow(ChainRevert);
      expect(await stateOf(world)).toEqual(before);
    });

    it("a wallet's refused transaction is a result: mined, and the unit goes on", async () => {
      const from = world.chain.identity.accounts[0]?.address as string;
      const request = { to: world.chain.identity.token, data: `0xa9059cbb${"1".repeat(128)}`, gas: "0x186a0" };
      const result = await world.writer.run({}, (unit) => unit.transactExternal({ from, request }));
      expect(result).toMatchObject({ mined: true });
      expect(world.writer.committedBlock).toBe(2);
    });

    it("after a failure the next unit works, with the identifiers that the failed one had drawn", async () => {
      let drawn = "";
      await world.writer.run({}, (unit) => Promise.reject(new Error((drawn = unit.newId("usr"))))).catch(() => {});
      const next = await world.writer.run({}, (unit) => {
        unit.put("users", user("ada"));
        return unit.newId("usr");
      });
      expect(next).toBe(drawn);
      await welcome(world, "ben");
    });
  });

  describe(`${name}: who sees what`, () => {
    it("inside: staged records by id, index and count; outside: nothing before the commit", async () => {
      await welcome(world, "ben");
      const records = world.writer.records;
      await world.writer.run({}, (unit) => {
        unit.put("users", user("ada", { email: "ada@example.org" }));
        unit.put("users", user("ben", { email: "new@example.org" }));
        expect(unit.get("users", "ada")?.email).toBe("ada@example.org");
        expect(unit.by("users", "email", "new@example.org").map(({ id }) => id)).toEqual(["ben"]);
        expect(unit.by("users", "email", "ben@example.org")).toEqual([]);
        expect(unit.count("users")).toBe(2);
        unit.remove("users", "ben");
        expect(unit.get("users", "ben")).toBeUndefined();
        expect(unit.count("users")).toBe(1);

        expect(records.get("users", "ada")).toBeUndefined();
        expect(records.get("users", "ben")?.email).toBe("ben@example.org");
        expect(records.by("users", "email", "ada@example.org")).toEqual([]);
      });
      expect(records.get("users", "ada")).toBeDefined();
      expect(records.get("users", "ben")).toBeUndefined();
    });

    it("inside: balances with what the unit has mined; outside: those of the committed block", async () => {
      await welcome(world, "ada", 5n);
      const outside = () => world.writer.atCommitted((block) => world.chain.balanceOf(walletOf(world, "ada"), block));
      await world.writer.run({}, async (unit) => {
        await unit.transact([calls.burn(world, "ada", 2n)]);
        expect(await unit.balanceOf(walletOf(world, "ada"))).toBe(3n);
        expect(await unit.totalSupply()).toBe(3n);
        expect(await outside()).toBe(5n);
      });
      expect(await outside()).toBe(3n);
    });

    it("a list of a table that the unit has changed is an error, not a wrong answer", async () => {
      const listing = world.writer.run({}, (unit) => {
        unit.put("users", user("ada"));
        return unit.newest("users", { limit: 1 });
      });
      await expect(listing).rejects.toThrow(/before it changes them/);
    });

    it("a record that came and went in the unit is no change, and nothing is committed", async () => {
      let commits = 0;
      world.writer.onCommit(() => {
        commits += 1;
      });
      await world.writer.run({}, (unit) => {
        unit.put("idempotency", answer("a"));
        unit.remove("idempotency", "a");
      });
      expect(world.store.count("idempotency")).toBe(0);
      expect(commits).toBe(0);
    });
  });

  describe(`${name}: one at a time`, () => {
    it("units that are begun together run in turn, each on what the former left", async () => {
      const counts = await Promise.all(
        ["ada", "ben", "eve"].map((who) =>
          world.writer.run({}, async (unit) => {
            const before = unit.count("users");
            await unit.transact([calls.mint(world, who, 1n)]);
            register(unit, who);
            return before;
          }),
        ),
      );
      expect(counts).toEqual([0, 1, 2]);
      expect(world.writer.committedBlock).toBe(4);
    });

    it("a quiet read waits for the unit in progress", async () => {
      const unit = welcome(world, "ada");
      expect(await world.writer.quiet(async () => world.store.count("users"))).toBe(1);
      await unit;
    });

    it("a failing unit or read does not stop the queue", async () => {
      const failing = world.writer.run({}, () => Promise.reject(new Error("no")));
      const reading = world.writer.quiet(() => Promise.reject(new Error("nor this")));
      const working = welcome(world, "ada");
      await expect(failing).rejects.toThrow("no");
      await expect(reading).rejects.toThrow("nor this");
      await working;
    });

    it("work of an earlier epoch fails with SANDBOX_RESET instead of committing", async () => {
      const { epoch } = world.writer;
      await world.positions.snapshot("here");
      await world.positions.restore("here");
      expect(world.writer.epoch).toBe(epoch + 1);
      const before = await stateOf(world);
      expect(await codeOf(world.writer.run({ epoch }, (unit) => register(unit, "ada")))).toBe("SANDBOX_RESET");
      expect(await stateOf(world)).toEqual(before);
      await world.writer.run({ epoch: epoch + 1 }, (unit) => register(unit, "ada"));
    });

    it("work in flight when a restore is asked for: what began commits first, what waited is refused", async () => {
      await world.positions.snapshot("here");
      const { epoch } = world.writer;
      const begun = world.writer.run({ epoch }, (unit) => register(unit, "ada"));
      const restoring = world.positions.restore("here");
      const waited = world.writer.run({ epoch }, (unit) => register(unit, "ben"));
      await begun;
      await restoring;
      expect(await codeOf(waited)).toBe("SANDBOX_RESET");
      expect(world.store.count("users")).toBe(0);
    });
  });

  describe(`${name}: time`, () => {
    it("is the clock's, or the one asked for, and never before what is committed", async () => {
      const now = world.clock.now();
      const at = (options: { at?: number }) =>
        world.writer.run(options, (unit) => {
          register(unit, "ada");
          return unit.now;
        });
      expect(await at({})).toBe(now);
      expect(await at({ at: now + 5000 })).toBe(now + 5000);
      expect(await at({ at: now + 10 })).toBe(now + 5000);
    });

    it("blocks carry the second of their unit, and never go back", async () => {
      const timestampAt = (at: number) => world.writer.run({ at }, async (unit) => (await unit.mine()).timestamp);
      const now = Math.floor(world.clock.now() / 1000) * 1000;
      expect(await timestampAt(now + 2999)).toBe(now / 1000 + 2);
      expect(await timestampAt(now + 3000)).toBe(now / 1000 + 3);
      expect(await timestampAt(now + 3000)).toBe(now / 1000 + 3);
    });
  });
}
