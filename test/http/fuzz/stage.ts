import type { Sandbox } from "../../../emulator/sandbox-api.ts";
import { type Api, newUser, rich, template } from "../../support/client.ts";
import type { Pool } from "./pool.ts";

/** What random requests seldom arrive at: awards in every state, of badges in every state, and an endpoint that nobody answers at. */
export async function setStage(client: Api, sandbox: Sandbox, pool: Pool): Promise<void> {
  const sponsor = await rich(client, "100000", { roles: ["sponsor"] });
  const keep = <T extends { id: string }>(made: T): T => {
    pool.keep(made.id.slice(0, 3), made.id);
    return made;
  };
  const badge = async (members: Record<string, unknown> = {}) => {
    const { data } = (await client.post("/badges", template({ sponsor_id: sponsor.id, ...members })).expect(201)).body;
    await client.post(`/badges/${data.id}/publish`).expect(200);
    return keep(data);
  };
  const award = async ({ id }: { id: string }) => {
    const learner = keep(await newUser(client));
    return keep((await client.post(`/badges/${id}/applications`, { recipient_id: learner.id }).expect(201)).body.data);
  };

  const application_expires_at = new Date(Date.parse(sandbox.clock.show().now) + 86_400_000).toISOString();
  for (let i = 0; i < 4; i++) await award(await badge({ application_expires_at }));
  const short = await badge({ claim_window_days: 1 });
  for (let i = 0; i < 4; i++) await client.post(`/awards/${(await award(short)).id}/approve`).expect(200);
  await sandbox.clock.advance("2d");

  const demanding = { evidence_requirements: [{ id: "a", type: "text", label: "An essay", required: true }] };
  const kinds = [
    {},
    {},
    { reward: { amount: "3", funding: "sponsor" } },
    { auto_approve: true, auto_claim: true },
    { max_awards: 1 },
    demanding,
  ];
  const badges: { id: string }[] = [];
  for (const kind of kinds) badges.push(await badge(kind));
  for (let i = 0; i < 45; i++) {
    const { id, status } = await award(badges[i % 3] as { id: string });
    if (i % 3 > 0 && status === "applied") await client.post(`/awards/${id}/approve`).expect(200);
    if (i % 3 === 2) await client.post(`/awards/${id}/claim`).expect(200);
  }
  for (let i = 0; i < 4; i++) {
    const { id } = await badge({ max_awards: 1 });
    await client.post(`/badges/${id}/issue`, { recipient_id: (await newUser(client)).id }).expect(201);
  }
  keep(sponsor);
  const { data } = (await client.post("/webhook-endpoints", { url: "http://127.0.0.1:9/hooks", enabled_events: ["badge.archived"] })).body;
  keep(data);
  keep((await client.post(`/webhook-endpoints/${data.id}/test`).expect(202)).body.data);
}
