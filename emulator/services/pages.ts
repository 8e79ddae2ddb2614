import { decodeCursor, encodeCursor, invalidCursor } from "../model/cursor.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { TableName, Tables } from "../model/tables.ts";
import type { NewestQuery, Reader } from "../ports/store.ts";

const DEFAULT_LIMIT = 20;

/**
 * One page of a table, newest first. A cursor names the last record given, so that pages partition the set also while
 * records are inserted. Throws INVALID_CURSOR for a cursor that this list did not give.
 */
export function page<T extends TableName>(
  records: Reader,
  table: T,
  { limit = DEFAULT_LIMIT, cursor }: PageQuery,
  narrowing: Pick<NewestQuery<Tables[T]>, "index" | "where">,
): Page<Tables[T]> {
  const before = cursor === undefined ? undefined : decodeCursor(table, cursor);
  if (before !== undefined && !records.get(table, before)) throw invalidCursor();
  const found = records.newest(table, { limit: limit + 1, ...(before === undefined ? {} : { before }), ...narrowing });
  const items = found.slice(0, limit);
  const has_more = found.length > limit;
  const last = items.at(-1);
  return { items, has_more, next_cursor: has_more && last ? encodeCursor(table, last.id) : null };
}
