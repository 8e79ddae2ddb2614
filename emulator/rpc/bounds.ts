const MB = 2 ** 20;

/** What this door takes and gives at most; whatever comes from outside is bounded. */
export const BOUNDS = {
  /** One request or batch, in bytes. */
  body: 2 * MB,
  /** Arrays and objects within each other. */
  depth: 64,
  connections: 200,
  /** Calls that wait for their turn at the chain, of all clients. */
  waiting: 2000,
  batch: { calls: 1000, bytes: 16 * MB, ms: 10_000 },
  logs: { count: 10_000, bytes: 16 * MB },
  /** Addresses, topics, storage keys, percentiles of one call. */
  list: 1000,
  filters: { count: 1000, items: 10_000, bytes: 16 * MB, idleMs: 5 * 60_000 },
  socket: { subscriptions: 100, calls: 16, unread: 8 * MB },
  /** What clients have not read, over WebSockets together and over HTTP together, in bytes. */
  unread: 64 * MB,
} as const;
