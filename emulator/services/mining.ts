import type { Chain } from "../ports/chain.ts";
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
