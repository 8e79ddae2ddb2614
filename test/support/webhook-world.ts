import type { Delivery, WebhookEndpoint } from "../../emulator/model/webhook.ts";
import type { SandboxOptions } from "../../emulator/sandbox-api.ts";
import { type World, world } from "./client.ts";
import { type Manner, Receiver } from "./receiver.ts";

export interface Hooked extends World {
  readonly receiver: Receiver;
  /** Of `receiver`, for all events. */
  readonly endpoint: WebhookEndpoint & { readonly secret: string };
  /** Another receiver with its endpoint; closed with the world. */
  hook(members?: Record<string, unknown>, manner?: Manner): Promise<{ receiver: Receiver; endpoint: Hooked["endpoint"] }>;
  /** Oldest first. */
  deliveries(endpoint?: { id: string }): Promise<Delivery[]>;
  look(endpoint?: { id: string }): Promise<WebhookEndpoint>;
  close(): Promise<void>;
}

/** A sandbox with a receiver of all its events. */
export async function hooked(options: SandboxOptions = {}, manner: Manner = 200): Promise<Hooked> {
  const here = await world(options);
  const receivers: Receiver[] = [];
  const hook: Hooked["hook"] = async (members = {}, behaviour = 200) => {
    const receiver = await Receiver.open(behaviour);
    receivers.push(receiver);
    const { body } = await here.api.post("/webhook-endpoints", { url: receiver.url, ...members }).expect(201);
    return { receiver, endpoint: body.data };
  };
  const { receiver, endpoint } = await hook({}, manner);
  return {
    ...here,
    receiver,
    endpoint,
    hook,
    async deliveries({ id } = endpoint) {
      return (await here.api.get(`/webhook-endpoints/${id}/deliveries?limit=100`).expect(200)).body.data.items.reverse();
    },
    async look({ id } = endpoint) {
      return (await here.api.get(`/webhook-endpoints/${id}`).expect(200)).body.data;
    },
    async close() {
      await here.sandbox.close();
      for (const each of receivers) await each.close();
    },
  };
}
