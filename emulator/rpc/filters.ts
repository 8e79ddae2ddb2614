import type { Chain } from "../ports/chain.ts";
import { BOUNDS } from "./bounds.ts";
import type { Methods } from "./deps.ts";
import type { Feed } from "./feed.ts";
import { INVALID_INPUT, RpcError } from "./json-rpc.ts";
import { logFilter } from "./log-filter.ts";
import { findLogs } from "./log-query.ts";
import type { Turns } from "./turns.ts";

interface Filter {
  /** eth_newFilter's criteria; null for the other kinds. */
  readonly criteria: unknown;
  items: unknown[];
  bytes: number;
  polledAt: number;
  readonly stop: () => void;
}

/**
 * Filters for clients that poll. Our own: the node's would also collect blocks whose unit was undone. Clients that went away do not
 * uninstall: one that is not polled for five minutes is dropped, as is one that keeps too much; of too many the one polled least recently.
 * `now`: milliseconds.
 */
export function filterMethods(
  deps: { readonly chain: Chain; readonly turns: Turns; readonly now: () => number },
  feed: Feed,
  newId: () => string,
): Methods {
  const { turns, now } = deps;
  const { count, items, bytes, idleMs } = BOUNDS.filters;
  /** In the order in which they were polled. */
  const filters = new Map<string, Filter>();
  /** What all of them keep. */
  let kept = 0;

  /** `start`: told what keeps an item, and what lets go of those that are no longer true. */
  function add(
    criteria: unknown,
    start: (keep: (item: unknown) => void, drop: (gone: ReadonlySet<unknown>) => void) => () => void,
  ): string {
    removeIdle();
    const id = newId();
    const stop = start(
      (item) => keep(id, item),
      (gone) => drop(id, gone),
    );
    if (filters.size >= count) removeOldest();
    filters.set(id, { criteria, items: [], bytes: 0, polledAt: now(), stop });
    return id;
  }

  function keep(id: string, item: unknown): void {
    removeIdle();
    const filter = filters.get(id);
    if (!filter) return;
    const size = sizeOf(item);
    filter.items.push(item);
    filter.bytes += size;
    kept += size;
    if (filter.items.length > items) remove(id);
    while (kept > bytes) removeOldest();
  }

  function drop(id: string, gone: ReadonlySet<unknown>): void {
    const filter = filters.get(id);
    if (!filter) return;
    filter.items = filter.items.filter((item) => !gone.has(item));
    const bytes = filter.items.reduce<number>((sum, item) => sum + sizeOf(item), 0);
    kept += bytes - filter.bytes;
    filter.bytes = bytes;
  }

  function removeIdle(): void {
    for (const [id, { polledAt }] of filters) {
      if (now() - polledAt <= idleMs) return;
      remove(id);
    }
  }

  function removeOldest(): void {
    const [oldest] = filters.keys();
    if (oldest !== undefined) remove(oldest);
  }

  function remove(id: string): boolean {
    const filter = filters.get(id);
    if (!filter) return false;
    filter.stop();
    kept -= filter.bytes;
    return filters.delete(id);
  }

  function polled(id: unknown): Filter {
    removeIdle();
    const filter = filters.get(id as string);
    if (!filter) throw new RpcError(INVALID_INPUT, "filter not found");
    filters.delete(id as string);
    filters.set(id as string, filter);
    filter.polledAt = now();
    return filter;
  }

  return {
    eth_newFilter: ([criteria]) => {
      const matches = logFilter(criteria);
      return add(criteria ?? {}, (keep) => feed.logs(matches, keep));
    },
    eth_newBlockFilter: () => add(null, (keep, drop) => feed.heads(({ hash }) => keep(hash), drop)),
    eth_newPendingTransactionFilter: () => add(null, (keep) => feed.pending(keep)),
    /** Waits for its turn, so that it comes after the details of every block committed before. */
    eth_getFilterChanges: ([id]) =>
      turns.quiet(async () => {
        const filter = polled(id);
        const { items } = filter;
        kept -= filter.bytes;
        filter.items = [];
        filter.bytes = 0;
        return items;
      }),
    eth_getFilterLogs: ([id]) => {
      const { criteria } = polled(id);
      if (criteria === null) throw new RpcError(INVALID_INPUT, "filter not found: eth_getFilterLogs is for filters of eth_newFilter");
      return findLogs(deps, criteria);
    },
    eth_uninstallFilter: ([id]) => remove(id as string),
  };
}

/** About what an item takes in memory. */
function sizeOf(item: unknown): number {
  return 800 + ((item as { data?: string }).data?.length ?? 0);
}
