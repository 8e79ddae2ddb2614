import { BOUNDS } from "./bounds.ts";
import type { Methods, Peer } from "./deps.ts";
import type { Feed } from "./feed.ts";
import { invalidParams, NOT_SUPPORTED, type Params, RpcError, tooMuch } from "./json-rpc.ts";
import { logFilter } from "./log-filter.ts";

/** eth_subscribe and eth_unsubscribe, over WebSocket. Committed blocks only; they go on after a restore or reset. */
export function subscriptionMethods(feed: Feed, newId: () => string): Methods {
  return {
    eth_subscribe([kind, options], peer) {
      const { subscriptions, notify, isGone } = webSocket(peer);
      // Asked before it closed, and come to after: nobody would end it.
      if (isGone()) throw new RpcError(NOT_SUPPORTED, "The connection is closed.");
      if (subscriptions.size >= BOUNDS.socket.subscriptions) {
        throw tooMuch(`A connection has at most ${BOUNDS.socket.subscriptions} subscriptions; end one with eth_unsubscribe.`);
      }
      const id = newId();
      subscriptions.set(
        id,
        start(feed, kind, options, (result) => notify(id, result)),
      );
      return id;
    },
    eth_unsubscribe([id]: Params, peer) {
      const { subscriptions } = webSocket(peer);
      subscriptions.get(id as string)?.();
      return subscriptions.delete(id as string);
    },
  };
}

function start(feed: Feed, kind: unknown, options: unknown, tell: (result: unknown) => void): () => void {
  if (kind === "newHeads") return feed.heads(tell);
  if (kind === "logs") return feed.logs(logFilter(options), tell);
  if (kind !== "newPendingTransactions") throw invalidParams("Subscribe to newHeads, logs or newPendingTransactions.");
  if (options) throw invalidParams("newPendingTransactions tells hashes only; ask for the transaction with eth_getTransactionByHash.");
  return feed.pending(tell);
}

function webSocket(peer: Peer | null): Peer {
  if (peer) return peer;
  throw new RpcError(NOT_SUPPORTED, "Subscriptions need a WebSocket: connect to this address with ws:// instead of http://.");
}
