import { expect } from "vitest";
import { refusal, template } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds, lastEvents } from "./worlds.ts";

inBothWorlds("A learner comes too late for their badge", async ({ api, sandbox }) => {
  await sandbox.clock.freeze();
  const [sponsor, ada] = [await enrol(api, "Museum of Time", { roles: ["sponsor"] }), await enrol(api, "Ada Lovelace")];
  await api.post("/tokens/mint", { user_id: sponsor.id, amount: "100" }).expect(201);
  const offer = template({ sponsor_id: sponsor.id, reward: { amount: "60", funding: "sponsor" } });
  const badge = (await api.post("/badges", offer).expect(201)).body.data;
  await api.post(`/badges/${badge.id}/publish`).expect(200);

  // She is given the badge; the museum's money is put aside for it.
  const award = (await api.post(`/badges/${badge.id}/issue`, { recipient_id: ada.id }).expect(201)).body.data;
  expect(await balanceOf(api, sponsor)).toBe("40");

  // A week before the end she is reminded, but she forgets.
  await sandbox.clock.advance("83d");
  expect(await lastEvents(api, 1)).toEqual(["award.claim_expiring"]);
  await sandbox.clock.advance("7d");
  await api.post(`/awards/${award.id}/claim`).expect(refusal("CLAIM_EXPIRED"));
  expect((await api.get(`/awards/${award.id}`).expect(200)).body.data.status).toBe("expired");

  // The museum has its money back, and she may have it again: this time at once.
  expect([await balanceOf(api, sponsor), await balanceOf(api, ada)]).toEqual(["100", "0"]);
  await api.post(`/badges/${badge.id}/issue`, { recipient_id: ada.id, auto_claim: true }).expect(201);
  expect([await balanceOf(api, sponsor), await balanceOf(api, ada)]).toEqual(["40", "60"]);
});
