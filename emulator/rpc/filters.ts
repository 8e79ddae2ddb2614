import type { Methods, RpcDeps } from "./deps.ts";
import type { Feed } from "./feed.ts";
import { INVALID_INPUT, RpcError } from "./json-rpc.ts";
import { logFilter } from "./log-filter.ts";

/** Clients that went away do not uninstall: the filter polled least recently makes room, and one that nobody polls is dropped. */
const MAX_FILTERS = 1000;
const MAX_ITEMS = 10_000;

interface Filter {
  /** eth_newFilter's criteria; null for the other kinds. */
  readonly criteria: unknown;
  items: unknown[];
  readonly stop: () => void;
}

/** Filters for clients that poll. Our own: the node's would also collect blocks whose unit was undone. */
export function filterMethods({ chain, writer }: Pick<RpcDeps, "chain" | "writer">, feed: Feed, newId: () => string): Methods {
  /** In the order in which they were polled. */
  const filters = new Map<string, Filter>();

  function add(criteria: unknown, start: (keep: (item: unknown) => void) => () => void): string {
    const id = newId();
    const filter: Filter = {
      criteria,
      items: [],
      stop: start((item) => {
        if (filter.items.push(item) > MAX_ITEMS) remove(id);
      }),
    };
    const [oldest] = filters.keys();
    if (filters.size >= MAX_FILTERS && oldest !== undefined) remove(oldest);
    filters.set(id, filter);
    return id;
  }

  function remove(id: string): boolean {
    filters.get(id)?.stop();
    return filters.delete(id);
  }

  function polled(id: unknown): Filter {
    const filter = filters.get(id as string);
    if (!filter) throw new RpcError(INVALID_INPUT, "filter not found");
    filters.delete(id as string);
    filters.set(id as string, filter);
    return filter;
  }

  return {
    eth_newFilter: ([criteria]) => {
      const matches = logFilter(criteria);
      return add(criteria ?? {}, (keep) => feed.logs(matches, keep));
    },
    eth_newBlockFilter: () => add(null, (keep) => feed.heads(({ hash }) => keep(hash))),
    eth_newPendingTransactionFilter: () => add(null, (keep) => feed.pending(keep)),
    /** Waits for its turn, so that it comes after the details of every block committed before. */
    eth_getFilterChanges: ([id]) =>
      writer.quiet(async () => {
        const filter = polled(id);
        const { items } = filter;
        filter.items = [];
        return items;
      }),
    eth_getFilterLogs: ([id]) => {
      const { criteria } = polled(id);
      if (criteria === null) throw new RpcError(INVALID_INPUT, "filter not found: eth_getFilterLogs is for filters of eth_newFilter");
      return writer.quiet(() => chain.request("eth_getLogs", [criteria]));
    },
    eth_uninstallFilter: ([id]) => remove(id as string),
  };
}
