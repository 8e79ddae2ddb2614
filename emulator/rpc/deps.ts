import type { Logger } from "pino";
import type { Access, Denial } from "../control/access/access.ts";
import type { Controls } from "../control/controls.ts";
import type { Chain, ChainStep } from "../ports/chain.ts";
import type { Clock } from "../ports/clock.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { Mining } from "../services/mining.ts";
import type { Params } from "./json-rpc.ts";

/** The single writer, which also tells of each commit and of each restore (engine/writer.ts). */
interface CommittingWriter extends UnitOfWork {
  onCommit(listener: (commit: { line: { readonly chain?: readonly ChainStep[] } }) => void): () => void;
  onMove(listener: (stayed: number) => void): () => void;
}

export interface RpcDeps {
  readonly chain: Chain;
  readonly writer: CommittingWriter;
  readonly mining: Mining;
  readonly controls: Controls;
  readonly clock: Clock;
  readonly access: Access;
  readonly log: Logger;
}

/** A client that can be told something unasked: a WebSocket. */
export interface Peer {
  notify(subscription: string, result: unknown): void;
  /** What stops each of its subscriptions, by id. */
  readonly subscriptions: Map<string, () => void>;
  /** Whether its connection is closed. */
  isGone(): boolean;
}

/** Who asks, as far as it decides what is answered. */
export interface Caller {
  /** Its connection, if that is a WebSocket. */
  readonly peer: Peer | null;
  /** Why it may not call a method; null if it may. */
  denialOf(method: string): Denial | null;
}

/** One method of the table. `peer` is null over HTTP. */
type Method = (params: Params, peer: Peer | null) => Promise<unknown> | unknown;
export type Methods = Readonly<Record<string, Method>>;
