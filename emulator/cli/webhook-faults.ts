import type { DeliveryFaults } from "../model/webhook.ts";
import type { ControlClient } from "./client.ts";

/** The flags of `webhooks set`. */
interface WebhookFlags {
  readonly order?: string;
  readonly duplicates?: number;
  readonly forge?: string;
  readonly dropFirst?: number;
}

export async function showWebhooks(client: ControlClient): Promise<string> {
  return sentenceOf(await client.call<DeliveryFaults>("GET", "/webhooks"));
}

/** Flags left out leave theirs as it is. Throws ControlError, which says what is accepted. */
export async function setWebhooks(client: ControlClient, { order, duplicates, forge, dropFirst }: WebhookFlags): Promise<string> {
  const members = { order, duplicates, forge: forge === "none" ? null : forge, drop_first: dropFirst };
  return sentenceOf(await client.call<DeliveryFaults>("PUT", "/webhooks", members));
}

function sentenceOf({ order, duplicates, forge, drop_first }: DeliveryFaults): string {
  return [
    order === "event" ? "in the order of events" : "in random order",
    duplicates === 0 ? "each once" : `each sent ${duplicates} more times`,
    ...(drop_first === 0 ? [] : [`the first ${drop_first === 1 ? "attempt" : `${drop_first} attempts`} dropped`]),
    forge === null ? "signed as they should be" : `with a forged ${forge}`,
  ].join(", ");
}
