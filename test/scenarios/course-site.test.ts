import { Webhook } from "standardwebhooks";
import { expect } from "vitest";
import { template } from "../support/client.ts";
import { type Received, Receiver } from "../support/receiver.ts";
import { balanceOf, enrol, inBothWorlds } from "./worlds.ts";

const STEPS = ["applied", "approved", "claimed"];

/** What a site does with webhooks: checks the signature, does each webhook-id once, and keeps how far each award has come. */
class CourseSite {
  readonly awards = new Map<string, string>();
  readonly #handled = new Set<string>();
  readonly #webhook: Webhook;

  constructor(secret: string) {
    this.#webhook = new Webhook(secret);
  }

  /** Whether it did something. Throws for what is not signed by the sandbox. */
  take({ body, headers }: Received): boolean {
    const event = this.#webhook.verify(body, headers as Record<string, string>) as { type: string; data: { id: string; status: string } };
    const id = `${headers["webhook-id"]}`;
    if (this.#handled.has(id)) return false;
    this.#handled.add(id);
    // Retries come in any order: an award never goes back to what it was.
    const known = this.awards.get(event.data.id);
    if (STEPS.indexOf(event.data.status) > STEPS.indexOf(known ?? "")) this.awards.set(event.data.id, event.data.status);
    return true;
  }
}

inBothWorlds("A course site keeps itself up to date by webhooks", async ({ api, sandbox }) => {
  await sandbox.clock.freeze();
  const receiver = await Receiver.open();
  try {
    // The site gives its address, and gets the secret that it will know the sandbox by.
    const wishes = { url: receiver.url, enabled_events: ["award.applied", "award.approved", "award.claimed"] };
    const endpoint = (await api.post("/webhook-endpoints", wishes).expect(201)).body.data;
    const site = new CourseSite(endpoint.secret);
    let done = 0;
    receiver.manner = (res, got) => {
      if (site.take(got)) done += 1;
      res.writeHead(204).end();
    };

    // Ada earns a badge; the site need not ask.
    const [museum, ada, grace] = [await enrol(api, "Museum", { roles: ["sponsor"] }), await enrol(api, "Ada"), await enrol(api, "Grace")];
    const badge = (await api.post("/badges", template({ sponsor_id: museum.id })).expect(201)).body.data;
    await api.post(`/badges/${badge.id}/publish`).expect(200);
    const award = (await api.post(`/badges/${badge.id}/applications`, { recipient_id: ada.id }).expect(201)).body.data;
    await api.post(`/awards/${award.id}/approve`).expect(200);
    await api.post(`/awards/${award.id}/claim`).expect(200);
    await receiver.count(3);
    expect([...site.awards]).toEqual([[award.id, "claimed"]]);
    expect(await balanceOf(api, ada)).toBe("5");

    // For an hour the site is down, and Grace earns hers.
    const online = receiver.manner;
    receiver.manner = 503;
    const hers = (await api.post(`/badges/${badge.id}/issue`, { recipient_id: grace.id, auto_claim: true }).expect(201)).body.data;
    await receiver.count(5);
    const waiting = async () => (await api.get(`/webhook-endpoints/${endpoint.id}/deliveries?status=pending`).expect(200)).body.data.items;
    await expect.poll(async () => (await waiting()).map(({ attempts }: { attempts: unknown[] }) => attempts.length)).toEqual([1, 1]);
    await sandbox.clock.advance("20m");
    expect(site.awards.has(hers.id)).toBe(false);
    expect(done).toBe(3);

    // Up again it is told by itself what it missed, with nothing lost and nothing done twice.
    receiver.manner = online;
    await sandbox.clock.advance("1h");
    expect(await waiting()).toEqual([]);
    expect([done, site.awards.get(hers.id)]).toEqual([5, "claimed"]);

    // An operator is not sure and sends one again: the site has it already.
    const { items } = (await api.get(`/webhook-endpoints/${endpoint.id}/deliveries`).expect(200)).body.data;
    const before = receiver.received.length;
    await api.post(`/webhook-endpoints/${endpoint.id}/deliveries/${items[0].id}/redeliver`).expect(202);
    await receiver.count(before + 1);
    expect([done, receiver.received.at(-1)?.headers["webhook-id"]]).toEqual([5, items[0].event_id]);

    // Somebody else's word is not taken.
    const [first] = receiver.received as [Received];
    expect(() => site.take({ ...first, body: first.body.replace("applied", "claimed") })).toThrow();
  } finally {
    await receiver.close();
  }
});
