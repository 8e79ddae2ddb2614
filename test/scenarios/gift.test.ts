import { expect } from "vitest";
import { balanceOf, enrol, inBothWorlds } from "./worlds.ts";

inBothWorlds("A learner gives tokens to another", async ({ api }) => {
  const [ada, grace] = [await enrol(api, "Ada Lovelace"), await enrol(api, "Grace Hopper")];
  await api.post("/tokens/mint", { user_id: ada.id, amount: "10" }).expect(201);

  const gift = { from_user_id: ada.id, to_user_id: grace.id, amount: "2.5", memo: "Thank you for your help" };
  const { body } = await api.post("/tokens/transfer", gift).set("Idempotency-Key", "gift-1").expect(201);
  expect(body.message).toBe("Transferred 2.5 GETS from Ada Lovelace to Grace Hopper.");
  expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["7.5", "2.5"]);

  // The network hiccups and the client sends it again: it is given once.
  const again = await api.post("/tokens/transfer", gift).set("Idempotency-Key", "gift-1").expect(201);
  expect(again.body.data.id).toBe(body.data.id);
  expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["7.5", "2.5"]);

  // Both see the one gift in their history.
  for (const { id } of [ada, grace]) {
    const history = await api.get(`/tokens/transactions?user_id=${id}&type=transfer`).expect(200);
    expect(history.body.data.items).toEqual([body.data]);
  }
});
