/**
 * What becomes of the connection instead of an answer; `hang`: nothing, until the client leaves or the sandbox stops. `slow`: the answer
 * comes in small pieces.
 */
export type ConnectionFault = "reset" | "empty" | "garbage" | "hang" | "slow";

/** What the chain does to the request's transactions; `rpc_down`: it does not answer, neither reads nor writes. */
export type ChainFault = "revert" | "out_of_gas" | "pending" | "rpc_down";

export type FaultMethod = "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";

/** Whether a fault takes the place of the work, or strikes its answer: the work has taken effect then. */
export type FaultMoment = "before" | "after";

/** What a JSON answer is sent with that the document does not have: a client must bear it. */
export type Mutation = { readonly [M in "unknown_members" | "unknown_enums" | "without_message"]?: boolean };

/** A fault to come: which requests meet it, how often, and what it is. Of several that fit a request the first one happens. */
export interface Fault {
  /** An operation of the document. This or `path`. */
  readonly operationId?: string;
  /** A path below /v1: `/users/*` (the star stands for anything), `/users/{user_id}` (a brace for one segment), `*`. */
  readonly path?: string;
  /** With `path`: any method when left out. */
  readonly method?: FaultMethod | Lowercase<FaultMethod>;
  /** Only requests with this key: its id or its secret, of which the id is kept. */
  readonly api_key?: string;
  /**
   * `before` (default): nothing is done. `after`: the work takes effect and its answer is kept under the Idempotency-Key, refusals included;
   * then what is sent is broken. A replay can be struck again.
   */
  readonly when?: FaultMoment;
  /** 0 to 1; by default always. */
  readonly probability?: number;
  /** So many times; by default without end. */
  readonly times?: number;
  /** Only every n-th request that fits. */
  readonly every?: number;
  /**
   * A duration such as `30s`, after which the fault is over. In sandbox time: under a running clock that is real time, and under a frozen
   * one the fault ends where the clock is advanced past it, at the same request in every run.
   */
  readonly for?: string;
  /** Real milliseconds: before anything else happens, or with `after` before the answer. */
  readonly latency_ms?: number;
  /** The answer. The status of a code of the API may be left out. */
  readonly error?: { readonly status?: number; readonly code: string; readonly message?: string };
  /** With `error`: what its Retry-After says, in seconds. */
  readonly retry_after?: number;
  readonly connection?: ConnectionFault;
  /** With `slow`: how many bytes of the body leave in a second. */
  readonly bytes_per_second?: number;
  /** Changes the JSON answer that is sent, whatever it is, and never the kept one. */
  readonly mutate?: Mutation;
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
  /** Sandbox time from which on it is over; null without end. */
  readonly until: string | null;
}

/** What a fault looks at in a request. */
export interface FaultTarget {
  readonly operationId: string;
  readonly method: string;
  /** Below /v1. Asked for only while a fault stands that looks at it. */
  path(): string;
  readonly keyId: string | null;
}
