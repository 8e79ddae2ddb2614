import { decodeCursor, encodeCursor, invalidCursor } from "../model/cursor.ts";
import type { Page, PageQuery } from "../model/page.ts";

const DEFAULT_LIMIT = 100;

/** One page of a list that is held as a whole, in its order. A cursor names the last item given. Throws INVALID_CURSOR. */
export function listPage<T>(
  list: string,
  all: readonly T[],
  { limit = DEFAULT_LIMIT, cursor }: PageQuery,
  idOf: (item: T) => string,
): Page<T> {
  const after = cursor === undefined ? null : decodeCursor(list, cursor);
  const start = after === null ? 0 : 1 + all.findIndex((item) => idOf(item) === after);
  if (after !== null && start === 0) throw invalidCursor();
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  const has_more = start + limit < all.length;
  return { items, has_more, next_cursor: has_more && last ? encodeCursor(list, idOf(last)) : null };
}
