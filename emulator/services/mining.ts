import type { Chain, Receipt } from "../ports/chain.ts";
import type { Outcome, Unit } from "../ports/unit-of-work.ts";

/** When blocks come: with each transaction, every so many ms, or when told. */
export type MiningMode = { readonly kind: "auto" } | { readonly kind: "interval"; readonly every_ms: number } | { readonly kind: "manual" };

/** Blocks. Interval and manual mining are ours, not the node's: they follow the sandbox clock and the journal. */
export class Mining {
  readonly mode: MiningMode;

  constructor(mode: MiningMode) {
    this.mode = mode;
  }

  /** Remembers a transaction that waits for a block. */
  submitted(unit: Unit, outcome: Pick<Outcome, "status" | "hash">, origin: "api" | "external"): void {
    if (outcome.status !== "pending") return;
    unit.put("submissions", { id: outcome.hash, origin, mine_at: this.#nextBlock(unit.now) });
  }

  /** Mines one block; the writer's settlement records what it did. Returns its number. */
  async mine(unit: Unit): Promise<number> {
    return (await unit.mine()).number;
  }

  /**
   * Mines the block that a waiting transaction is due for. One that no block takes (a nonce before it is missing, or
   * another took its place) waits from then on for whatever makes room for it.
   */
  async mineDue(unit: Unit, hash: string): Promise<void> {
    let taken: readonly Receipt[];
    // A block that is full leaves the rest to the next one.
    do taken = (await unit.mine()).receipts;
    while (taken.length > 0 && !taken.some((receipt) => receipt.hash === hash));
    const submission = taken.length === 0 ? unit.get("submissions", hash) : undefined;
    if (submission) unit.put("submissions", { ...submission, mine_at: null });
  }

  /** A transaction that a wallet sends beside the API. Errors of the chain (nonce, funds) pass through. */
  async sendExternal(unit: Unit, tx: Parameters<Chain["sendExternal"]>[0]): Promise<string> {
    const { hash, mined } = await unit.transactExternal(tx);
    this.submitted(unit, { status: mined ? "confirmed" : "pending", hash }, "external");
    return hash;
  }

  #nextBlock(now: number): number | null {
    if (this.mode.kind !== "interval") return null;
    return (Math.floor(now / this.mode.every_ms) + 1) * this.mode.every_ms;
  }
}
