import type { Chain } from "../ports/chain.ts";
import type { Methods } from "./deps.ts";
import { quantity } from "./quantity.ts";
import type { Turns } from "./turns.ts";

/** A waiting transaction as JSON-RPC gives it. */
type Waiting = Readonly<Record<string, unknown>> & { readonly from: string; readonly nonce: string };

/** By sender and nonce. */
type Pool = Record<string, Record<string, Waiting>>;

/** What waits for a block, as geth shows it: `pending` can be mined, `queued` lacks a nonce before it. */
export function txPoolMethods({ chain, turns }: { readonly chain: Chain; readonly turns: Turns }): Methods {
  const content = () =>
    turns.quiet(async () => {
      const waiting = (await chain.request("eth_pendingTransactions", [])) as Waiting[];
      const pools: { pending: Pool; queued: Pool } = { pending: {}, queued: {} };
      for (const [from, txs] of Map.groupBy(waiting, (tx) => tx.from)) {
        const address = chain.checksum(from) ?? from;
        let next = Number(await chain.request("eth_getTransactionCount", [from, "latest"]));
        for (const tx of txs.toSorted((a, b) => Number(a.nonce) - Number(b.nonce))) {
          const pool = Number(tx.nonce) === next ? pools.pending : pools.queued;
          if (pool === pools.pending) next += 1;
          pool[address] = { ...pool[address], [Number(tx.nonce)]: tx };
        }
      }
      return pools;
    });
  return {
    txpool_content: content,
    async txpool_contentFrom([sender]) {
      const { pending, queued } = await content();
      const address = chain.checksum(String(sender).toLowerCase()) ?? "";
      return { pending: pending[address] ?? {}, queued: queued[address] ?? {} };
    },
    async txpool_status() {
      const { pending, queued } = await content();
      return { pending: sizeOf(pending), queued: sizeOf(queued) };
    },
  };
}

function sizeOf(pool: Pool): string {
  return quantity(Object.values(pool).reduce((sum, txs) => sum + Object.keys(txs).length, 0));
}
