import { type Api, newUser } from "./client.ts";

/** An award as verification needs it. */
export interface Shown {
  readonly id: string;
  readonly gets_id: string;
  readonly recipient_id: string;
  readonly verification_url: string;
  readonly chain: { readonly contract_address: string; readonly token_id: string; readonly tx_hash: string } | null;
}

/** What nobody may read in a public answer. */
export const PRIVATE = {
  display_name: "Zenobia Quill",
  email: "zenobia.quill@unique.example",
  external_id: "pupil-77341",
  evidence: "https://evidence.example/zenobia/recording",
  narrative: "I live at 12 Harbour Street and did it at home.",
  note: "A pupil of the fourth form.",
  metadata: "the-quill-children",
};

/** A published badge of a new sponsor. */
export async function newBadge(api: Api, members: Record<string, unknown> = {}) {
  const organization = { name: "Engines Ltd", website: "https://engines.example", audience: "everybody" };
  const sponsor = await newUser(api, { roles: ["sponsor"], type: "organization", organization });
  const { body } = await api
    .post("/badges", {
      sponsor_id: sponsor.id,
      title: "The Tech Shaman",
      description: "Runs a language model at home.",
      criteria: { narrative: "Show a recording of it." },
      reward: { amount: "50" },
      ...members,
    })
    .expect(201);
  await api.post(`/badges/${body.data.id}/publish`).expect(200);
  return body.data as { id: string; title: string };
}

/** A new award, with everything private in it, taken so far. */
export async function newAward(
  api: Api,
  badge: { id: string },
  steps: readonly ("approve" | "reject" | "claim" | "revoke")[],
): Promise<Shown> {
  const { display_name, external_id, evidence, narrative, note, metadata } = PRIVATE;
  const recipient = await newUser(api, { display_name, external_id: `${external_id}-${++made}`, email: `${made}.${PRIVATE.email}` });
  const application = {
    recipient_id: recipient.id,
    evidence: [{ type: "url", value: evidence }],
    narrative,
    metadata: { family: metadata },
  };
  let award: Shown = (await api.post(`/badges/${badge.id}/applications`, application)).body.data;
  for (const step of steps) {
    const body = { approve: { note }, reject: { reason: note }, claim: {}, revoke: { reason: "The recording shows another model" } }[step];
    award = (await api.post(`/awards/${award.id}/${step}`, body)).body.data;
  }
  return award;
}

let made = 0;
