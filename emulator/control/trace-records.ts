import { isDeepStrictEqual } from "node:util";
import type { AnyRecord, TableName } from "../model/tables.ts";
import { redactJson } from "./redact.ts";
import type { Written } from "./work.ts";

/** A record that a unit wrote. */
export interface RecordTrace {
  readonly table: TableName;
  readonly id: string;
  readonly change: "created" | "updated" | "removed";
  /** Null where there was none, or where such records have no status. */
  readonly status: { readonly before: string | null; readonly after: string | null };
  /** Members that an update changed; null for the rest, and for records that nobody may look into. */
  readonly changed: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>> | null;
}

/** Told by their events and deliveries instead. */
const TOLD_ELSEWHERE: readonly TableName[] = ["events", "webhook_deliveries"];

/** Hashes, secrets and whole answers. */
const CLOSED: readonly TableName[] = ["api_keys", "webhook_secrets", "issuer_keys", "idempotency"];

export function recordsOf({ changes, undo }: Written): RecordTrace[] {
  return changes
    .filter(({ table }) => !TOLD_ELSEWHERE.includes(table))
    .map(({ table, id, record }) => {
      const before = undo.find((change) => change.table === table && change.id === id)?.record ?? null;
      const isOpen = before && record && !CLOSED.includes(table);
      return {
        table,
        id,
        change: record === null ? "removed" : before ? "updated" : "created",
        status: { before: statusOf(before), after: statusOf(record) },
        changed: isOpen ? changedMembers(before, record) : null,
      };
    });
}

function statusOf(record: AnyRecord | null): string | null {
  // An idempotency record has the status of an answer.
  return record && "status" in record && typeof record.status === "string" ? record.status : null;
}

function changedMembers(before: AnyRecord, after: AnyRecord): NonNullable<RecordTrace["changed"]> {
  const [old, now] = [before, after] as unknown as Record<string, unknown>[];
  const names = Object.keys({ ...old, ...now }).filter((name) => name !== "updated_at" && !isDeepStrictEqual(old?.[name], now?.[name]));
  return Object.fromEntries(
    names.map((name) => [name, { before: redactJson(old?.[name] ?? null), after: redactJson(now?.[name] ?? null) }]),
  );
}
