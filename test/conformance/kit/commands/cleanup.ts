import type { Json } from "../document.ts";
import { KINDS, type Kind, RUN_ID } from "../made.ts";
import { UsageError } from "../outcomes.ts";
import { printable } from "../printable.ts";
import type { Probe } from "../probe.ts";
import type { Flags } from "./flags.ts";
import { withTarget } from "./session.ts";

/**
 * Takes away what a run has left behind, found by its mark; tells of each thing that stays why it does. Returns 0 when only that is left
 * which the API cannot delete, 1 when something else is, or could not be looked for.
 */
export function cleanup({ runId, ...flags }: Flags & { readonly runId: string }): Promise<number> {
  if (!RUN_ID.test(runId))
    throw new UsageError(`--run-id: ${runId} is no id of a run; a run prints its own when it begins, such as cmwqmhkyr0a1b2c`);
  return withTarget(flags, [], async (t) => {
    const swept: Swept[] = [];
    for (const kind of KINDS) swept.push(await sweep(t, kind, runId));
    const taken = swept.filter((each) => each.taken > 0).map(told);
    const [stays, faults] = [swept.flatMap((each) => each.stays), swept.flatMap((each) => each.faults)];
    const nothing = stays.length + faults.length === 0 ? "nothing of it was found" : "nothing was taken away";
    console.log(`Run ${runId}: ${taken.join(", ") || nothing}.`);
    for (const each of stays) console.log(printable(`  stays: ${each}`));
    for (const each of faults) console.log(printable(`  not taken away: ${each}`));
    return faults.length === 0 ? 0 : 1;
  });
}

interface Swept {
  readonly kind: Kind;
  readonly taken: number;
  /** What cannot be deleted, each with the reason. */
  readonly stays: readonly string[];
  /** What could have been taken away, or found. */
  readonly faults: readonly string[];
}

async function sweep(t: Probe, kind: Kind, runId: string): Promise<Swept> {
  const nothing = { kind, taken: 0, stays: [], faults: [] };
  if (!t.offers(kind.list)) return nothing;
  const items = await all(t, kind.list);
  if (typeof items === "string") return { ...nothing, faults: [`${kind.many} could not be looked for: ${items}`] };
  const own = items.filter((item) => kind.isOf(item, runId) && !(kind.stays === null && kind.isGone(item)));
  const stays: string[] = [];
  const faults: string[] = [];
  let taken = 0;
  for (const item of own) {
    const what = `${kind.one} ${item.id}`;
    const fault = kind.isGone(item) ? null : t.offers(kind.take) ? await take(t, kind, item) : "";
    if (fault === "") stays.push(`${what}: the target does not offer ${kind.take}`);
    else if (fault !== null) faults.push(`${what}: ${fault}`);
    else {
      if (!kind.isGone(item)) taken += 1;
      if (kind.stays !== null) stays.push(`${what}: ${kind.stays}`);
    }
  }
  return { kind, taken, stays, faults };
}

/** Null when it is gone; otherwise what the target said. */
async function take(t: Probe, { take: operationId, parameter, body }: Kind, { id }: Json): Promise<string | null> {
  const exchange = await t.call(operationId, { params: { [parameter]: String(id) }, ...(body ? { json: body } : {}) });
  return exchange.status < 300 || [404, 410].includes(exchange.status) ? null : `${operationId} answered ${answerOf(exchange)}`;
}

/** Everything that an operation lists; what it said when it lists nothing. */
async function all(t: Probe, operationId: string): Promise<readonly Json[] | string> {
  const found: Json[] = [];
  const cursors = new Set<string>();
  for (let cursor: string | null = ""; cursor !== null; ) {
    if (cursors.has(cursor)) return `${operationId} gives the same cursor twice`;
    cursors.add(cursor);
    const exchange = await t.call(operationId, { query: { limit: "100", ...(cursor === "" ? {} : { cursor }) } });
    if (exchange.status === 404 || exchange.status === 405) return [];
    if (!Array.isArray(exchange.data.items)) return `${operationId} answered ${answerOf(exchange)}`;
    found.push(...(exchange.data.items as Json[]));
    cursor = typeof exchange.data.next_cursor === "string" ? exchange.data.next_cursor : null;
  }
  return found;
}

const answerOf = ({ status, code }: { readonly status: number; readonly code: string | null }) => `${status}${code ? ` ${code}` : ""}`;

function told({ kind, taken }: Swept): string {
  return `${taken} ${taken === 1 ? kind.one : kind.many} ${kind.done}`;
}
