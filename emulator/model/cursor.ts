import { type ApiError, refuse } from "./errors.ts";

/** The cursor of a list after the item with this id: opaque to clients. */
export function encodeCursor(list: string, id: string): string {
  return Buffer.from(JSON.stringify([list, id])).toString("base64url");
}

/** The id of the last item that was given. Throws INVALID_CURSOR for a cursor that this list did not give. */
export function decodeCursor(list: string, cursor: string): string {
  try {
    const [from, id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [unknown, unknown];
    if (from === list && typeof id === "string" && encodeCursor(list, id) === cursor) return id;
  } catch {}
  throw invalidCursor();
}

export function invalidCursor(): ApiError {
  return refuse("INVALID_CURSOR", "The cursor was not given by this list; begin again without one.", "/cursor");
}
