import { expect } from "vitest";
import { refusal } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds, lastEvents } from "./worlds.ts";

inBothWorlds("A learner is suspended, and comes back", async ({ api }) => {
  const [ada, grace] = [await enrol(api, "Ada Lovelace"), await enrol(api, "Grace Hopper")];
  await api.post("/tokens/mint", { user_id: ada.id, amount: "10" }).expect(201);

  await api.patch(`/users/${ada.id}`, { status: "suspended" }).expect(200);
  const gift = { from_user_id: ada.id, to_user_id: grace.id, amount: "1" };
  await api.post("/tokens/transfer", gift).expect(refusal("USER_SUSPENDED", { param: "from_user_id" }));
  await api.post("/tokens/mint", { user_id: ada.id, amount: "1" }).expect(refusal("USER_SUSPENDED", { param: "user_id" }));

  // What she has stays hers, and everybody can see it.
  expect(await balanceOf(api, ada)).toBe("10");

  await api.patch(`/users/${ada.id}`, { status: "active" }).expect(200);
  await api.post("/tokens/transfer", gift).expect(201);
  expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["9", "1"]);
  expect(await lastEvents(api, 4)).toEqual(["user.updated", "user.updated", "token.transaction.created", "token.transaction.confirmed"]);
});
