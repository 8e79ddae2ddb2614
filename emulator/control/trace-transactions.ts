import type { Block, Chain, ChainLog, Receipt } from "../ports/chain.ts";
import type { Sent } from "../ports/unit-of-work.ts";
import type { Written } from "./work.ts";

/** A transaction on the chain, as it now is. Numbers of the contracts are decimal strings (base units, token ids), addresses have their checksum. */
export interface TransactionTrace {
  readonly tx_hash: string;
  readonly contract: "token" | "badge";
  readonly method: string;
  readonly args: readonly unknown[];
  readonly status: "pending" | "confirmed" | "failed";
  readonly block: { readonly number: number; readonly hash: string; readonly timestamp: number } | null;
  /** Why it failed: the contract's own error. */
  readonly failure: string | null;
  /** Decoded, in the order of the chain. */
  readonly events: readonly ChainEventTrace[];
}

interface ChainEventTrace extends Pick<ChainLog, "contract" | "event"> {
  readonly log_index: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a request sent, and what later blocks sent for the awards that it touched. */
export function transactionsOf(
  units: readonly Written[],
  later: readonly Written[],
  touched: ReadonlySet<string>,
  chain: Pick<Chain, "checksum">,
): TransactionTrace[] {
  const mined = new Map<string, Mined>();
  for (const { blocks } of [...units, ...later]) {
    for (const block of blocks) for (const receipt of block.receipts) mined.set(receipt.hash, { block, receipt });
  }
  const followed = later.flatMap(({ sent, changes }) => {
    const hashes = changes.flatMap(({ table, id, record }) =>
      table === "awards" && touched.has(`awards ${id}`) ? [record?.pending?.tx_hash, record?.chain?.tx_hash] : [],
    );
    return sent.filter(({ hash }) => hashes.includes(hash));
  });
  return [...units.flatMap(({ sent }) => sent), ...followed].map((each) => show(each, mined.get(each.hash), chain));
}

type Mined = { readonly block: Block; readonly receipt: Receipt };

function show({ hash, call }: Sent, mined: Mined | undefined, chain: Pick<Chain, "checksum">): TransactionTrace {
  const plain = (value: unknown) => {
    if (typeof value === "bigint") return value.toString();
    return typeof value === "string" ? (chain.checksum(value) ?? value) : value;
  };
  const failure = mined?.receipt.failure ?? null;
  return {
    tx_hash: hash,
    contract: call.contract,
    method: call.method,
    args: call.args.map(plain),
    status: mined ? (failure ? "failed" : "confirmed") : "pending",
    block: mined ? { number: mined.block.number, hash: mined.block.hash, timestamp: mined.block.timestamp } : null,
    failure: failure && `${failure.error}(${failure.args.map(String).join(", ")})`,
    events: (mined?.receipt.logs ?? []).map(({ contract, event, args, index }) => ({
      contract,
      event,
      log_index: index,
      args: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, plain(value)])),
    })),
  };
}
