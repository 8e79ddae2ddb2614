/** What tests do to a world, and what they see of it. */
import type { ChainCall } from "../../emulator/ports/chain.ts";
import type { Unit } from "../../emulator/ports/unit-of-work.ts";
import { burn, mint, transfer } from "./chain-calls.ts";
import type { World } from "./engine-world.ts";
import { user } from "./records.ts";

export const PEOPLE = ["ada", "ben", "eve"] as const;
export type Person = (typeof PEOPLE)[number];

export function walletOf({ chain }: Pick<World, "chain">, who: string): string {
  return chain.walletOf(chain.idHash(who));
}

export const calls = {
  mint: (world: World, to: string, amount: bigint): ChainCall => mint(walletOf(world, to), amount),
  transfer: (world: World, from: string, to: string, amount: bigint): ChainCall =>
    transfer(world.chain.idHash(from), walletOf(world, to), amount),
  burn: (world: World, from: string, amount: bigint): ChainCall => burn(world.chain.idHash(from), amount),
};

/** Puts a user with an event, and mints to them, in one unit. */
export function welcome(world: World, who: string, amount = 1n): Promise<void> {
  return world.writer.run({}, async (unit) => {
    register(unit, who);
    await unit.transact([calls.mint(world, who, amount)]);
  });
}

export function register(unit: Unit, who: string): void {
  const person = user(who, { created_at: unit.at, metadata: { token: unit.newId("tok") } });
  unit.put("users", person);
  unit.emit("user.created", person);
}

/** Everything that a unit, a restore or a restart may change. */
export async function stateOf(world: World): Promise<unknown> {
  const { chain, store, clock, ids } = world;
  return {
    records: store.fold(),
    head: await chain.head(),
    supply: await chain.totalSupply("latest"),
    balances: await Promise.all(PEOPLE.map((who) => chain.balanceOf(walletOf(world, who), "latest"))),
    waiting: ((await chain.request("eth_pendingTransactions", [])) as { hash: string }[]).map(({ hash }) => hash),
    committedBlock: world.writer.committedBlock,
    clock: clock.state(),
    ids: ids.counter(),
  };
}

/** The code of the error that a promise ends with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error("it did not fail"),
    (failure: unknown) => failure as Error & { code?: string },
  );
  return (error as { code?: string }).code ?? error.message;
}
