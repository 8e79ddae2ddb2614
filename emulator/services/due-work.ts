import type { TableName } from "../model/tables.ts";
import type { Due } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import type { Awards } from "./awards.ts";
import type { Badges } from "./badges.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Mining } from "./mining.ts";

/** What is done when a record falls due (model/tables.ts `due`), by table. */
export function dueWork(services: { mining: Mining; deliveries: Deliveries; badges: Badges; awards: Awards }) {
  const { mining, deliveries, badges, awards } = services;
  return {
    submissions: (unit, due) => mining.mineDue(unit, due.id),
    webhook_deliveries: (unit, due) => deliveries.due(unit, due.id),
    badges: (unit, due) => badges.expire(unit, due.id),
    awards: (unit, due) => awards.due(unit, due.id),
    idempotency: (unit, due) => unit.remove("idempotency", due.id),
  } satisfies Partial<Record<TableName, (unit: Unit, due: Due) => Promise<void> | void>>;
}
