/** What becomes of the connection instead of an answer; `slow`: the answer comes in small pieces, over `latency_ms`. */
export const CONNECTION_FAULTS = ["reset", "empty", "garbage", "slow"] as const;
export type ConnectionFault = (typeof CONNECTION_FAULTS)[number];

/** What the chain does to the request's transactions; `rpc_down`: it does not answer, neither reads nor writes. */
export const CHAIN_FAULTS = ["revert", "out_of_gas", "pending", "rpc_down"] as const;
export type ChainFault = (typeof CHAIN_FAULTS)[number];

export type FaultMethod = "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";

/** A trouble to come: which requests meet it, how often, and what it is. Of several that fit a request the first one happens. */
export interface Fault {
  /** An operation of the document. This or `path`. */
  readonly operationId?: string;
  /** A path below /v1: `/users/*` (the star stands for anything), `/users/{user_id}` (a brace for one part), `*`. */
  readonly path?: string;
  /** With `path`: any method when left out. */
  readonly method?: FaultMethod | Lowercase<FaultMethod>;
  /** Only requests with this key: its id or its secret, of which the id is kept. */
  readonly api_key?: string;
  /** 0 to 1; by default always. */
  readonly probability?: number;
  /** So many times; by default without end. */
  readonly times?: number;
  /** Real milliseconds before anything else happens. */
  readonly latency_ms?: number;
  /** The answer, before anything is done. The status of a code of the API may be left out. */
  readonly error?: { readonly status?: number; readonly code: string; readonly message?: string };
  readonly connection?: ConnectionFault;
  readonly chain?: ChainFault;
}

/** A fault as it stands, and how often it has happened. */
export interface FaultEntry extends Fault {
  readonly id: string;
  readonly method?: FaultMethod;
  readonly error?: { readonly status: number; readonly code: string; readonly message?: string };
  readonly fired: number;
  /** How often it may still happen; null without end. */
  readonly left: number | null;
}

/** What a fault looks at in a request. */
export interface FaultTarget {
  readonly operationId: string;
  readonly method: string;
  /** Below /v1. Asked for only while a fault stands that looks at it. */
  path(): string;
  readonly keyId: string | null;
}
