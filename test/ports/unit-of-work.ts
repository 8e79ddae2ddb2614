import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChainRevert, ChainUnavailable } from "../../emulator/ports/chain.ts";
import type { ClockState } from "../../emulator/ports/clock.ts";
import type { Chronicle } from "../../emulator/ports/unit-of-work.ts";
import { calls, codeOf, PEOPLE, register, stateOf, walletOf, welcome } from "../support/engine-actions.ts";
import type { World } from "../support/engine-world.ts";
import { answer, user } from "../support/records.ts";

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

    it("of what is tried aside nobody reads anything, not even who began to read before", async () => {
      await world.writer.run({}, (unit) => unit.transact([calls.mint(world, "ada", 5n)]));
      const [ada, { chain }] = [walletOf(world, "ada"), world];
      let [isTried, goOn] = [false, () => {}];
      const tried = new Promise<void>((resolve) => (goOn = resolve));
      const early = world.writer.atCommitted(async () => {
        await tried;
        return [isTried, await chain.balanceOf(ada, "latest")];
      });
      const aside = world.writer.aside(async () => {
        const mark = await chain.mark();
        await chain.sendAndMine([calls.burn(world, "ada", 2n)], 9_999_999_999);
        isTried = true;
        goOn();
        const late = world.writer.atCommitted((block) => chain.balanceOf(ada, block));
        for (let turn = 0; turn < 20; turn++) await chain.balanceOf(ada, "latest");
        await chain.revert(mark);
        isTried = false;
        return { late };
      });
      const { late } = await aside;
      expect(await late).toBe(5n);
      expect(await early).toEqual([false, 5n]);
      await expect(world.writer.aside(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
      await welcome(world, "ben");
    });

    it("a chain that is not put back stops all writes", async () => {
      await expect(world.writer.aside(() => Promise.reject(new ChainUnavailable("gone")))).rejects.toThrow("gone");
      await expect(welcome(world, "ada")).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
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

  describe(`${name}: a chronicle`, () => {
    const begin = () => world.clock.now();
    const chronicle = <T>(work: (unit: Chronicle) => Promise<T>, clock: ClockState | null = null) =>
      world.writer.chronicle({ from: begin(), clock }, work);

    it("time passes in it: records, events and blocks are of the instant at which they came", async () => {
      const from = begin();
      await chronicle(async (unit) => {
        for (const [day, who] of PEOPLE.entries()) {
          await unit.moveTo(from + day * 86_400_000);
          register(unit, who);
          const outcomes = await unit.transact([calls.mint(world, who, 1n)]);
          expect(outcomes).toMatchObject([{ block: { timestamp: Math.floor(unit.now / 1000) } }]);
        }
      });
      const created = PEOPLE.map((who) => Date.parse(world.store.get("users", who)?.created_at as string) - from);
      expect(created).toEqual([0, 86_400_000, 172_800_000]);
      expect(world.writer.committedBlock).toBe(4);
    });

    it("it does not go back", async () => {
      await chronicle(async (unit) => {
        const { now } = unit;
        await unit.moveTo(now + 5);
        await unit.moveTo(now + 1);
        expect(unit.now).toBe(now + 5);
      });
    });

    it("all or nothing, and the clock with it", async () => {
      const before = await stateOf(world);
      const failing = chronicle(
        async (unit) => {
          register(unit, "ada");
          await unit.transact([calls.mint(world, "ada", 5n)]);
          await unit.moveTo(unit.now + 1000);
          throw new Error("at the last moment");
        },
        { mode: "frozen", at_ms: begin() + 1000 },
      );
      await expect(failing).rejects.toThrow("at the last moment");
      expect(await stateOf(world)).toEqual(before);
    });

    it("nobody sees a part of it", async () => {
      await chronicle(async (unit) => {
        register(unit, "ada");
        await unit.moveTo(unit.now + 1000);
        expect(world.writer.records.get("users", "ada")).toBeUndefined();
        expect(unit.get("users", "ada")).toBeDefined();
      });
    });

    it("what is due in it: staged or committed, each once, as it is now", async () => {
      const from = begin();
      await world.writer.run({}, (unit) => {
        unit.put("idempotency", answer("kept", { expires_at: from + 10 }));
        unit.put("idempotency", answer("changed", { expires_at: from + 20 }));
      });
      await chronicle(async (unit) => {
        unit.put("idempotency", answer("changed", { expires_at: from + 40 }));
        unit.put("idempotency", answer("new", { expires_at: from + 30 }));
        const order: string[] = [];
        for (let due = unit.nextDue(from + 40); due; due = unit.nextDue(from + 40)) {
          order.push(due.id);
          unit.remove("idempotency", due.id);
        }
        expect(order).toEqual(["kept", "new", "changed"]);
      });
    });

    it("identifiers follow from a name, passing over those that are taken", async () => {
      const make = () =>
        chronicle(async (unit) => {
          unit.nameAfter("story/ada");
          const id = unit.newId("usr");
          unit.put("users", user(id, { email: id }));
          return id;
        });
      const { ids } = world;
      const counter = ids.counter();
      const named = ids.named("story/ada");
      const expected = [named.next("usr", 0), named.next("usr", 0)];
      expect([await make(), await make()]).toEqual(expected);
      expect(ids.counter()).toBe(counter);
    });

    it("many transactions in one block", async () => {
      const before = world.writer.committedBlock;
      const pending = await chronicle((unit) =>
        unit.inOneBlock(async () => {
          const outcomes = [];
          for (const who of PEOPLE) outcomes.push(...(await unit.transact([calls.mint(world, who, 3n)])));
          return outcomes.map(({ status }) => status);
        }),
      );
      expect(pending).toEqual(["pending", "pending", "pending"]);
      expect(world.writer.committedBlock).toBe(before + 1);
      for (const who of PEOPLE) expect(await world.chain.balanceOf(walletOf(world, who), "latest")).toBe(3n);
    });

    it("a refused transaction in such a block leaves nothing", async () => {
      const before = await stateOf(world);
      const failing = chronicle((unit) =>
        unit.inOneBlock(async () => {
          await unit.transact([calls.mint(world, "ada", 3n)]);
          await unit.transact([calls.burn(world, "ben", 1n)]);
        }),
      );
      await expect(failing).rejects.toMatchObject({ error: "ERC20InsufficientBalance" });
      expect(await stateOf(world)).toEqual(before);
    });

    it("finds records among very many that it has staged", async () => {
      await chronicle(async (unit) => {
        for (let n = 0; n < 100; n++) unit.put("users", user(`usr_${n}`, { email: `${n % 10}@example.org` }));
        const found = () => unit.by("users", "email", "3@example.org").map(({ id }) => id);
        expect(found()).toHaveLength(10);
        unit.put("users", user("usr_3", { email: "moved@example.org" }));
        unit.put("users", user("usr_4", { email: "3@example.org" }));
        unit.remove("users", "usr_13");
        expect(found()).toEqual(["usr_23", "usr_33", "usr_43", "usr_53", "usr_63", "usr_73", "usr_83", "usr_93", "usr_4"]);
        expect(unit.by("users", "email", "moved@example.org").map(({ id }) => id)).toEqual(["usr_3"]);
        await unit.attempt(() => Promise.reject(unit.put("users", user("usr_200", { email: "3@example.org" })))).catch(() => {});
        expect(found()).toHaveLength(9);
      });
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
