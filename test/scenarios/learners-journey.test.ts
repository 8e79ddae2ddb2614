import { expect } from "vitest";
import { refusal, template } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds } from "./worlds.ts";

inBothWorlds("A learner's journey", async ({ api, sandbox }) => {
  const [school, ada] = [await enrol(api, "School of Tomorrow", { roles: ["sponsor"] }), await enrol(api, "Ada Lovelace")];

  // The school offers a badge to whoever shows a recording.
  const recording = { id: "recording", type: "url", label: "a recording of your talk", required: true };
  const offer = template({ sponsor_id: school.id, title: "History Hero", evidence_requirements: [recording], reward: { amount: "75" } });
  const badge = (await api.post("/badges", offer).expect(201)).body.data;
  await api.post(`/badges/${badge.id}/applications`, { recipient_id: ada.id }).expect(refusal("BADGE_NOT_PUBLISHED"));
  await api.post(`/badges/${badge.id}/publish`).expect(200);

  // Ada forgets the recording, then sends it.
  await api.post(`/badges/${badge.id}/applications`, { recipient_id: ada.id }).expect(refusal("EVIDENCE_REQUIRED"));
  const evidence = [{ requirement_id: "recording", type: "url", value: "https://school.example/ada.mp4" }];
  const applied = await api.post(`/badges/${badge.id}/applications`, { recipient_id: ada.id, evidence }).expect(201);
  expect(applied.body.message).toBe("Ada Lovelace applied for “History Hero”; it is applied.");
  const { id, gets_id } = applied.body.data;

  // The first try is turned down; the second is approved.
  await api.post(`/awards/${id}/reject`, { reason: "Please speak up." }).expect(200);
  const again = (await api.post(`/badges/${badge.id}/applications`, { recipient_id: ada.id, evidence }).expect(201)).body.data;
  expect(again.gets_id).not.toBe(gets_id);
  await api.post(`/awards/${again.id}/approve`, { note: "Much better." }).expect(200);
  expect(await balanceOf(api, ada)).toBe("0");

  // She has ninety days, and claims it after a month: badge and reward together.
  await sandbox.clock.advance("30d");
  const claimed = (await api.post(`/awards/${again.id}/claim`).expect(200)).body.data;
  expect([claimed.status, await balanceOf(api, ada)]).toEqual(["claimed", "75"]);

  // Anybody can check it, by the number on it or by the credential she shows.
  const shown = (await api.as(null).get(`/verify/${claimed.gets_id}`).expect(200)).body.data;
  expect([shown.status, shown.award.recipient_id]).toEqual(["valid", ada.id]);
  expect(JSON.stringify(shown)).not.toContain("Ada");
  const credential = (await api.get(`/awards/${again.id}/credential`).expect(200)).text;
  expect((await api.post("/badges/verify", { credential, expected_recipient: ada.wallet.address }).expect(200)).body.data.verified).toBe(
    true,
  );
  expect((await api.get(`/awards/${again.id}/image`).expect(200)).headers["content-type"]).toBe("image/png");
});
