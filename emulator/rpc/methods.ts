import { checkBlock } from "./block-parameter.ts";
import { blockMethods } from "./blocks.ts";
import type { Caller, Methods, RpcDeps } from "./deps.ts";
import type { Feed } from "./feed.ts";
import { filterMethods } from "./filters.ts";
import { type Call, denied } from "./json-rpc.ts";
import { checkCount } from "./parameter-count.ts";
import { readMethods } from "./reads.ts";
import { refusal } from "./refusals.ts";
import { subscriptionMethods } from "./subscriptions.ts";
import { timeMethods } from "./time.ts";
import { transactionMethods } from "./transactions.ts";
import { turnsAt } from "./turns.ts";
import { txPoolMethods } from "./tx-pool.ts";

/** Every method that is served. What is not here is refused: a node's next release cannot open a way around the journal. */
export function methodTable(deps: RpcDeps, feed: Feed, newId: () => string): (caller: Caller) => Call {
  const { chain, mining } = deps;
  const turns = turnsAt(deps.writer);
  const methods: Methods = {
    ...readMethods({ chain, turns }),
    ...blockMethods({ chain, turns }),
    ...txPoolMethods({ chain, turns }),
    ...transactionMethods({ chain, turns, mining }),
    ...timeMethods(deps),
    ...filterMethods({ chain, turns, now: () => performance.now() }, feed, newId),
    ...subscriptionMethods(feed, newId),
  };
  return ({ peer, denialOf }) =>
    async function call(method, params) {
      const known = Object.hasOwn(methods, method) ? methods[method] : undefined;
      // Whoever asks: nobody is sent for a token to call what is not there.
      if (!known) throw refusal(method);
      const denial = denialOf(method);
      if (denial) throw denied(denial);
      checkCount(method, params);
      checkBlock(method, params);
      try {
        return await known(params, peer);
      } finally {
        // The answer, or the refusal, may follow from a change that is not on disk yet.
        await deps.writer.durable();
      }
    };
}
