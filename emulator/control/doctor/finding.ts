import type { Line } from "../../lines.ts";
import type { Chain, TransferLog } from "../../ports/chain.ts";
import type { Folded, Store } from "../../ports/store.ts";

/** One invariant and what breaks it. */
export interface Finding {
  readonly invariant: string;
  readonly problems: readonly string[];
  /** What is not wrong, but good to know. */
  readonly warnings?: readonly string[];
}

/** What is examined: records and chain between two units. */
export interface Patient {
  readonly store: Store;
  readonly chain: Chain;
  /** Every record, by table. */
  readonly records: Folded;
  /** Every Transfer of the token contract. */
  readonly logs: readonly TransferLog[];
  readonly committedBlock: number;
  /** The lines of the journal. */
  readonly lines: () => AsyncIterable<Pick<Line, "text">>;
}

export const ZERO = `0x${"0".repeat(40)}`;
