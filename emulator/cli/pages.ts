import type { ControlClient } from "./client.ts";

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** The items of a list of the control plane, page after page; at most `limit`. Throws ControlError. */
export async function itemsOf<T>(
  client: ControlClient,
  path: string,
  query: Readonly<Record<string, string>> = {},
  limit = Infinity,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const search = new URLSearchParams({ ...query, ...(cursor === null ? {} : { cursor }) });
    const page: Page<T> = await client.call("GET", `${path}?${search}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && items.length < limit);
  return items.slice(0, limit);
}
