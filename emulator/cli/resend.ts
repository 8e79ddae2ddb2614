import type { Resent } from "../control/controls.ts";
import type { ControlClient } from "./client.ts";
import { ControlError } from "./control-error.ts";
import { oneLine } from "./printable.ts";

/** Sends past events again, one after the other. Throws ControlError: EVENT_NOT_FOUND, or when nobody was there to get one. */
export async function resend(client: ControlClient, ids: readonly string[], print: (line: string) => void): Promise<void> {
  const nobody: string[] = [];
  for (const id of ids) {
    const { event_type, deliveries, watchers } = await client.call<Resent>("POST", `/events/${encodeURIComponent(id)}/resend`);
    if (deliveries.length + watchers === 0) nobody.push(id);
    print(`${event_type} [${id}]`);
    for (const { url, endpoint_id, delivery_id } of deliveries) print(`  --> ${oneLine(url)}  ${endpoint_id}  ${delivery_id}`);
    if (watchers > 0) print(`  --> ${watchers === 1 ? "one listener" : `${watchers} listeners`}`);
  }
  if (nobody.length === 0) return;
  throw new ControlError(`no enabled endpoint wants ${nobody.join(", ")} and no \`listen\` runs: nobody got it`, null);
}
