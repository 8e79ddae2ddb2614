import type { IdempotencyRecord } from "../../model/idempotency.ts";
import type { Finding, Patient } from "./finding.ts";

/** What a line of the journal (engine/journal-line.ts) says that matters here. */
interface Line {
  readonly kind?: string;
  readonly records?: object;
  readonly removed?: object;
  readonly events?: readonly unknown[];
  readonly chain?: readonly unknown[];
  readonly idempotency?: readonly IdempotencyRecord[];
}

/** Most lines keep no answer, and need not be parsed. */
const KEPT = '"idempotency":[';

/** A refusal that is kept under its Idempotency-Key stands alone in its unit: what it was refused was undone. */
export async function refusals({ lines }: Patient): Promise<Finding> {
  const problems: string[] = [];
  let number = 0;
  for await (const { text } of lines()) {
    number += 1;
    if (!text.includes(KEPT)) continue;
    const line = JSON.parse(text) as Line;
    if (line.kind !== "unit" || !line.idempotency?.some(({ status }) => status >= 400)) continue;
    const beside = (["records", "removed", "events", "chain"] as const).filter((member) => line[member] !== undefined);
    if (beside.length > 0) problems.push(`line ${number} of the journal: an error answer was kept together with ${beside.join(", ")}`);
  }
  return { invariant: "an error answer leaves no record, but that of its Idempotency-Key, and no event", problems };
}
