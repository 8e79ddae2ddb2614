/** Whatever happens in whatever order: the balances add up to the supply, and the escrow to its open locks. */
import { id } from "ethers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../support/depth.ts";
import type { Deployed } from "./contract.ts";
import { cap, LockState, roles } from "./values.ts";
import { useWorld, type World } from "./world.ts";

const salts = ["user_a", "user_b", "user_c"].map(id);
const awards = ["award_a", "award_b", "award_c"].map(id);

const salt = fc.constantFrom(...salts);
const award = fc.constantFrom(...awards);
/** Small amounts that collide, and large ones that reach the cap. */
const amount = fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(cap / 3n, cap));

const step = fc.oneof(
  fc.record({ method: fc.constant("mint" as const), to: salt, amount }),
  fc.record({ method: fc.constant("operatorTransfer" as const), from: salt, to: salt, amount }),
  fc.record({ method: fc.constant("operatorBurn" as const), from: salt, amount }),
  fc.record({ method: fc.constant("lock" as const), award, from: salt, amount }),
  fc.record({ method: fc.constant("release" as const), award, to: salt }),
  fc.record({ method: fc.constant("refund" as const), award }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What the contract should do, in a few lines: returns whether the step is allowed, and applies it if so. */
class Model {
  readonly balances = new Map(salts.map((one) => [one, 0n]));
  readonly locks = new Map<string, { from: string; amount: bigint; open: boolean }>();

  get supply(): bigint {
    return [...this.balances.values()].reduce((sum, one) => sum + one, this.escrow);
  }

  get escrow(): bigint {
    return [...this.locks.values()].reduce((sum, lock) => (lock.open ? sum + lock.amount : sum), 0n);
  }

  apply(step: Step): boolean {
    switch (step.method) {
      case "mint":
        return this.supply + step.amount <= cap && this.#add(step.to, step.amount);
      case "operatorTransfer":
        return this.#add(step.from, -step.amount) && this.#add(step.to, step.amount);
      case "operatorBurn":
        return this.#add(step.from, -step.amount);
      case "lock":
        if (this.locks.has(step.award) || step.amount === 0n || !this.#add(step.from, -step.amount)) return false;
        this.locks.set(step.award, { from: step.from, amount: step.amount, open: true });
        return true;
      default: {
        const lock = this.locks.get(step.award);
        if (!lock?.open) return false;
        lock.open = false;
        return this.#add(step.method === "release" ? step.to : lock.from, lock.amount);
      }
    }
  }

  #add(account: string, amount: bigint): boolean {
    const balance = (this.balances.get(account) ?? 0n) + amount;
    if (balance < 0n) return false;
    this.balances.set(account, balance);
    return true;
  }
}

/** Whether the chain accepted the step. */
async function play({ token, admin, holder }: World, step: Step): Promise<boolean> {
  const wallet = (of: string) => token.read<string>("walletOf", of);
  const call = {
    mint: async (s: Step & { method: "mint" }) => token.send(admin, "mint", await wallet(s.to), s.amount),
    operatorTransfer: async (s: Step & { method: "operatorTransfer" }) =>
      token.send(admin, "operatorTransfer", s.from, await wallet(s.to), s.amount),
    operatorBurn: (s: Step & { method: "operatorBurn" }) => token.send(admin, "operatorBurn", s.from, s.amount),
    lock: (s: Step & { method: "lock" }) => token.send(admin, "lock", s.award, s.from, s.amount),
    release: async (s: Step & { method: "release" }) => token.send(holder, "release", s.award, await wallet(s.to)),
    refund: (s: Step & { method: "refund" }) => token.send(admin, "refund", s.award),
  }[step.method] as (s: Step) => Promise<unknown>;
  return call(step).then(
    () => true,
    () => false,
  );
}

async function expectSame(token: Deployed, model: Model): Promise<void> {
  const wallets = await Promise.all(salts.map((one) => token.read<string>("walletOf", one)));
  const balances = await Promise.all([...wallets, token.address].map((one) => token.read<bigint>("balanceOf", one)));
  const supply = await token.read<bigint>("totalSupply");
  expect(balances).toEqual([...model.balances.values(), model.escrow]);
  expect(balances.reduce((sum, one) => sum + one, 0n)).toBe(supply);
  expect(supply).toBeLessThanOrEqual(cap);
  for (const one of awards) {
    const { state } = await token.read<{ state: bigint }>("lockOf", one);
    const lock = model.locks.get(one);
    if (!lock) expect(state).toBe(LockState.None);
    else expect(state === LockState.Locked).toBe(lock.open);
  }
}

const world = useWorld();

it("keeps balances, supply, cap and escrow in agreement", { timeout: 60_000 }, async () => {
  await world.token.send(world.admin, "grantRole", roles.RELEASER_ROLE, world.holder.address);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const snapshot = await world.rpc("evm_snapshot");
      const model = new Model();
      for (const one of steps) expect(await play(world, one), one.method).toBe(model.apply(one));
      await expectSame(world.token, model);
      await world.rpc("evm_revert", snapshot);
    }),
    { numRuns: runs(60) },
  );
});
