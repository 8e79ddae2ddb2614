/** A transaction in the mempool, waiting for a block (interval and manual mining). Gone once mined. */
export interface Submission {
  /** Transaction hash. */
  readonly id: string;
  /** `api`: sent by the server for an API call. `external`: sent by a wallet through JSON-RPC. */
  readonly origin: "api" | "external";
  /** When the next block is due (ms since the epoch); null under manual mining, and when an earlier nonce is missing. */
  readonly mine_at: number | null;
}
