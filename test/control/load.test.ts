/** Data for load goes into blocks by its gas, so that the base fee stays and every transaction is taken. LOAD: how much. */
import { expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { setting } from "../support/depth.ts";

const LOAD = setting("LOAD", { short: 300, deep: 10_000 });

it(
  `${LOAD} users, then ${LOAD} awards, on the rules of every new sandbox`,
  async () => {
    await using sandbox = await createSandbox();
    const rpc = await sandbox.listenRpc();
    const ask = async <T>(method: string, params: unknown[]): Promise<T> => {
      const answer = await fetch(rpc, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
      return ((await answer.json()) as { result: T }).result;
    };
    expect((await sandbox.seed({ generate: { users: LOAD } })).made).toMatchObject({ users: LOAD, transactions: LOAD });
    await sandbox.seed({ generate: { badges: 1 } });
    expect((await sandbox.seed({ generate: { awards: LOAD } })).made).toMatchObject({ awards: LOAD, transactions: LOAD });

    const blocks = sandbox.info().chain.block_number;
    const full: number[] = [];
    const fees = new Set<number>();
    for (let number = 1; number <= blocks; number++) {
      const block = await ask<Record<"gasUsed" | "gasLimit" | "baseFeePerGas", string>>("eth_getBlockByNumber", [
        `0x${number.toString(16)}`,
        false,
      ]);
      full.push(Number(block.gasUsed) / Number(block.gasLimit));
      fees.add(Number(block.baseFeePerGas));
    }
    expect(Math.max(...full)).toBeLessThanOrEqual(0.4);
    // Batches, not single transactions.
    expect(blocks).toBeLessThan(2 + Math.ceil(LOAD / 250) + Math.ceil(LOAD / 80));
    expect([...fees]).toEqual([7]);
    expect(await ask("eth_pendingTransactions", [])).toEqual([]);
    await sandbox.doctor();
  },
  60_000 + LOAD * 100,
);
