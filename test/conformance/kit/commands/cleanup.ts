import type { Json } from "../document.ts";
import type { Probe } from "../probe.ts";
import type { Flags } from "./flags.ts";
import { withTarget } from "./session.ts";

/** Deletes the users and keys that a run has left behind, found by its mark. Returns 0 when nothing is left. */
export function cleanup({ runId, ...flags }: Flags & { readonly runId: string }): Promise<number> {
  return withTarget(flags, async (t) => {
    const users = (await all(t, "listUsers")).filter(
      (user) => (user.metadata as Json | undefined)?.conformance_run === runId && user.status !== "deleted",
    );
    const keys = t.offers("listApiKeys")
      ? (await all(t, "listApiKeys")).filter((key) => String(key.name).startsWith(`conformance ${runId}`) && key.revoked_at === null)
      : [];
    let left = 0;
    for (const { id } of users) left += await remove(t, "deleteUser", { user_id: String(id) });
    for (const { id } of keys) left += await remove(t, "deleteApiKey", { api_key_id: String(id) });
    console.log(`Run ${runId}: ${users.length} users and ${keys.length} keys found, ${left} left behind.`);
    return left === 0 ? 0 : 1;
  });
}

async function all(t: Probe, operationId: string): Promise<readonly Json[]> {
  const found: Json[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { data } = await t.call(operationId, { query: { limit: "100", ...(cursor === "" ? {} : { cursor }) } });
    found.push(...((data.items ?? []) as Json[]));
    cursor = typeof data.next_cursor === "string" ? data.next_cursor : null;
  }
  return found;
}

async function remove(t: Probe, operationId: string, params: Record<string, string>): Promise<number> {
  const { status } = await t.call(operationId, { params });
  if ([200, 202, 204, 404].includes(status)) return 0;
  console.log(`  ${Object.values(params)}: DELETE answered ${status}`);
  return 1;
}
