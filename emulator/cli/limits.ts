import type { ControlClient } from "./client.ts";
import { ControlError } from "./control-error.ts";
import { itemsOf } from "./pages.ts";
import { oneLine } from "./printable.ts";

interface Key {
  readonly id: string;
  readonly name: string;
  readonly last4: string;
}
type Quotas = Readonly<Record<string, { readonly limit: number; readonly remaining: number; readonly reset: number }>> | null;

/** One line a key: what is left to it. All keys, or one given by id, name or secret. Throws ControlError. */
export async function showLimits(client: ControlClient, wish?: string): Promise<string> {
  const keys = await find(client, wish);
  const lines = keys.map(async ({ id, name }) => `${id}  ${say(await client.call("GET", `/rate-limits/${id}`))}  ${oneLine(name)}`);
  return (await Promise.all(lines)).join("\n");
}

/** Leaves so much to a key, which is metered from then on. Throws ControlError. */
export async function setLimits(client: ControlClient, wish: string, left: { second?: number; hour?: number }): Promise<string> {
  const [key, another] = await find(client, wish);
  if (!key || another) throw new ControlError(`${wish} names several keys; say the id of one`, null);
  const setting = Object.fromEntries(Object.entries(left).map(([name, remaining]) => [name, { remaining }]));
  return `${key.id}  ${say(await client.call("PUT", `/rate-limits/${key.id}`, setting))}  ${oneLine(key.name)}`;
}

async function find(client: ControlClient, wish?: string): Promise<readonly Key[]> {
  const items = await itemsOf<Key>(client, "/keys");
  if (wish === undefined) return items;
  const found = items.filter(({ id, name, last4 }) => id === wish || name === wish || (wish.startsWith("gets_") && wish.endsWith(last4)));
  if (found.length === 0) throw new ControlError(`there is no API key ${wish.startsWith("gets_") ? "with this secret" : wish}`, null);
  return found;
}

function say(quotas: Quotas): string {
  if (quotas === null) return "not metered";
  return Object.entries(quotas)
    .map(([name, { limit, remaining }]) => `${name}: ${remaining} of ${limit} left`)
    .join(", ");
}
