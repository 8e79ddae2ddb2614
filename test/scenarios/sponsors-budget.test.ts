import { expect } from "vitest";
import { refusal, template } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds } from "./worlds.ts";

inBothWorlds("A sponsor pays for badges out of a budget", async ({ api, sandbox }) => {
  await sandbox.clock.freeze();
  const sponsor = await enrol(api, "Makers Fund", { type: "organization", roles: ["sponsor"] });
  const learners = [await enrol(api, "Ada Lovelace"), await enrol(api, "Grace Hopper"), await enrol(api, "Alan Turing")] as const;
  await api.post("/tokens/mint", { user_id: sponsor.id, amount: "250" }).expect(201);
  const offer = template({ sponsor_id: sponsor.id, title: "Maker", reward: { amount: "100", funding: "sponsor" }, max_awards: 10 });
  const badge = (await api.post("/badges", offer).expect(201)).body.data;
  await api.post(`/badges/${badge.id}/publish`).expect(200);
  const apply = async ({ id }: { id: string }) =>
    (await api.post(`/badges/${badge.id}/applications`, { recipient_id: id }).expect(201)).body.data;
  const [ada, grace, alan] = [await apply(learners[0]), await apply(learners[1]), await apply(learners[2])];

  // Each approval puts the reward aside; for the third there is not enough, and it stays open.
  for (const { id } of [ada, grace]) await api.post(`/awards/${id}/approve`).expect(200);
  const { body } = await api.post(`/awards/${alan.id}/approve`).expect(refusal("INSUFFICIENT_BALANCE"));
  expect(body.error.details[0]).toMatchObject({ available: "50", required: "100" });
  expect((await api.get(`/awards/${alan.id}`).expect(200)).body.data.status).toBe("applied");

  // What is put aside cannot be spent elsewhere.
  const spend = { from_user_id: sponsor.id, to_user_id: learners[2].id, amount: "51" };
  await api.post("/tokens/transfer", spend).expect(refusal("INSUFFICIENT_BALANCE"));

  // Ada claims hers. Grace does not, and after ninety days her reward comes back: enough for Alan.
  await api.post(`/awards/${ada.id}/claim`).expect(200);
  await sandbox.clock.advance("90d");
  expect([await balanceOf(api, sponsor), await balanceOf(api, learners[0]), await balanceOf(api, learners[1])]).toEqual([
    "150",
    "100",
    "0",
  ]);
  await api.post(`/awards/${alan.id}/approve`).expect(200);
  await api.post(`/awards/${alan.id}/claim`).expect(200);
  expect([await balanceOf(api, sponsor), await balanceOf(api, learners[2])]).toEqual(["50", "100"]);

  // The history tells where the money went, and not one GETS was made for it.
  const { items } = (await api.get(`/tokens/transactions?user_id=${sponsor.id}`).expect(200)).body.data;
  expect(items.map(({ type }: { type: string }) => type).reverse()).toEqual(["mint", "lock", "lock", "refund", "lock"]);
  expect((await api.get("/tokens").expect(200)).body.data.total_supply).toBe("250");
});
