/** Whatever is tried with awards in whatever order: each is paid at most once, by one source, and each badge stays. */
import { id } from "ethers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../support/depth.ts";
import { Funding, getsId, LockState, title } from "./values.ts";
import { useWorld, type World } from "./world.ts";

const awards = ["award_a", "award_b"].map(id);
const tokens = [1n, 2n, 3n];
const funds = 20n;

const award = fc.constantFrom(...awards);
const tokenId = fc.constantFrom(...tokens);
const amount = fc.constantFrom(4n, 5n);

const step = fc.oneof(
  fc.record({ method: fc.constant("lock" as const), award, amount }),
  fc.record({ method: fc.constant("refund" as const), award }),
  fc.record({ method: fc.constant("claim" as const), award, tokenId, amount, funding: fc.constantFrom(Funding.Mint, Funding.Sponsor) }),
  fc.record({ method: fc.constant("revoke" as const), tokenId }),
  fc.record({ method: fc.constant("pause" as const) }),
  fc.record({ method: fc.constant("unpause" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What the contracts should do: returns whether the step is allowed, and applies it if so. */
class Model {
  readonly states = new Map(awards.map((each) => [each, { state: LockState.None as bigint, amount: 0n }]));
  readonly revoked = new Map<bigint, boolean>();
  paid = 0n;
  minted = 0n;
  #paused = false;

  get locked(): bigint {
    return [...this.states.values()].reduce((sum, { state, amount }) => sum + (state === LockState.Locked ? amount : 0n), 0n);
  }
  get released(): bigint {
    return [...this.states.values()].reduce((sum, { state, amount }) => sum + (state === LockState.Released ? amount : 0n), 0n);
  }

  apply(step: Step): boolean {
    if (step.method === "pause" || step.method === "unpause") {
      const change = this.#paused !== (step.method === "pause");
      this.#paused = step.method === "pause";
      return change;
    }
    if (step.method === "revoke") {
      const allowed = this.revoked.get(step.tokenId) === false;
      if (allowed) this.revoked.set(step.tokenId, true);
      return allowed;
    }
    const entry = this.states.get(step.award) as { state: bigint; amount: bigint };
    if (this.#paused) return false;
    if (step.method === "lock") {
      if (entry.state !== LockState.None || funds - this.locked - this.released < step.amount) return false;
      this.states.set(step.award, { state: LockState.Locked, amount: step.amount });
      return true;
    }
    if (step.method === "refund") {
      if (entry.state !== LockState.Locked) return false;
      this.states.set(step.award, { state: LockState.Refunded, amount: 0n });
      return true;
    }
    if (this.revoked.has(step.tokenId)) return false;
    if (step.funding === Funding.Mint && entry.state !== LockState.None) return false;
    if (step.funding === Funding.Sponsor && (entry.state !== LockState.Locked || entry.amount !== step.amount)) return false;
    const [state, amount] = step.funding === Funding.Mint ? [LockState.Minted, 0n] : [LockState.Released, step.amount];
    this.states.set(step.award, { state, amount });
    this.revoked.set(step.tokenId, false);
    this.paid += step.amount;
    if (step.funding === Funding.Mint) this.minted += step.amount;
    return true;
  }
}

/** Whether the chain accepted the step. */
function play({ token, badge, admin, alice, salt }: World, step: Step): Promise<boolean> {
  const call = () => {
    switch (step.method) {
      case "lock":
        return token.send(admin, "lock", step.award, salt, step.amount);
      case "refund":
        return token.send(admin, "refund", step.award);
      case "claim":
        return badge.send(admin, "claim", alice.address, step.tokenId, getsId, title, step.award, step.amount, step.funding);
      case "revoke":
        return badge.send(admin, "revoke", step.tokenId);
      default:
        return token.send(admin, step.method);
    }
  };
  return call().then(
    () => true,
    () => false,
  );
}

async function expectSame({ token, badge, alice, wallet }: World, model: Model): Promise<void> {
  const balances = await Promise.all([alice.address, token.address, wallet].map((each) => token.read<bigint>("balanceOf", each)));
  expect(balances).toEqual([model.paid, model.locked, funds - model.locked - model.released]);
  expect(await token.read("totalSupply")).toBe(funds + model.minted);
  expect(await badge.read("balanceOf", alice.address)).toBe(BigInt(model.revoked.size));
  for (const [each, { state }] of model.states) {
    expect((await token.read<{ state: bigint }>("lockOf", each)).state).toBe(state);
    expect(await badge.read("claimed", each)).toBe(state === LockState.Minted || state === LockState.Released);
  }
  for (const [each, revoked] of model.revoked) {
    expect([await badge.read("ownerOf", each), await badge.read("revoked", each)]).toEqual([alice.address, revoked]);
  }
}

const world = useWorld();

it("pays each award at most once, by one source", { timeout: 60_000 }, async () => {
  await world.token.send(world.admin, "mint", world.wallet, funds);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const snapshot = await world.rpc("evm_snapshot");
      const model = new Model();
      for (const one of steps)
        expect(
          await play(world, one),
          JSON.stringify(one, (_, v) => (typeof v === "bigint" ? `${v}` : v)),
        ).toBe(model.apply(one));
      await expectSame(world, model);
      await world.rpc("evm_revert", snapshot);
    }),
    { numRuns: runs(60) },
  );
});
