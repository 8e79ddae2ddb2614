import type { KeptClient } from "./client.ts";

/** A sandbox's state; `lists` by path. */
export interface State extends Readonly<Record<string, unknown>> {
  readonly lists: Record<string, readonly ListItem[]>;
}

interface ListItem {
  readonly id: string;
  readonly status?: string;
  readonly type?: string;
  readonly gets_id?: string;
}

const LISTS = ["/users", "/badges", "/achievements", "/awards", "/tokens/transactions", "/events", "/webhook-endpoints", "/api-keys"];

/** What a sandbox shows of itself: records, balances, what verifies, and the chain's last block. Plain JSON. */
export async function stateOf({ sandbox, get, all, rpc }: KeptClient): Promise<State> {
  const lists: State["lists"] = {};
  for (const path of LISTS) lists[path] = await all(path);
  const balances: Record<string, unknown> = {};
  for (const { id, status } of lists["/users"] ?? []) if (status !== "deleted") balances[id] = (await get(`/users/${id}/balance`)).balance;
  const verified: Record<string, unknown> = {};
  for (const { gets_id } of lists["/awards"] ?? []) {
    const { status, checks } = await get(`/verify/${gets_id}`);
    // Without the sentences, which a later release may word otherwise.
    verified[gets_id as string] = [status, checks.map(({ name, passed }: { name: string; passed: boolean }) => `${name}: ${passed}`)];
  }
  const { number, hash, stateRoot } = await rpc("eth_getBlockByNumber", "latest", false);
  const waiting = ((await rpc("eth_pendingTransactions")) as { hash: string }[]).map((tx) => tx.hash);
  const token = await get("/tokens");
  const { keys } = await get("/jwks.json");
  return {
    ...{ lists, balances, verified, token, keys: { keys: keys.filter(isFormer) }, clock: sandbox.clock.show().now },
    ...{ snapshots: sandbox.snapshots(), chain: { number, hash, stateRoot, waiting } },
  };
}

/** Whether a key stands under the name that it had in the first releases, too. */
function isFormer({ kid }: { kid: string }): boolean {
  return kid.includes("/jwks.json#");
}

/** The same, with no more of each record than its id and status or type. */
export function outlineOf({ lists, ...rest }: State): State {
  const outlines = Object.entries(lists).map(([path, items]) => [path, items.map(({ id, status, type }) => ({ id, status, type }))]);
  return { ...rest, lists: Object.fromEntries(outlines) };
}
