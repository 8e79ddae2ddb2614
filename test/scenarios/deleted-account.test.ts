import { expect } from "vitest";
import { refusal } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds } from "./worlds.ts";

inBothWorlds("A learner has her account deleted", async ({ api }) => {
  const [ada, grace] = [
    await enrol(api, "Ada Lovelace", { external_id: "learner-1815", locale: "en-GB" }),
    await enrol(api, "Grace Hopper"),
  ];
  await api.post("/tokens/mint", { user_id: ada.id, amount: "10" }).expect(201);
  await api.post("/tokens/transfer", { from_user_id: ada.id, to_user_id: grace.id, amount: "4" }).expect(201);

  await api.delete(`/users/${ada.id}`).expect(204);

  // Her id still leads somewhere, but not to her.
  const { body } = await api.get(`/users/${ada.id}`).expect(200);
  expect(body.data).toMatchObject({ status: "deleted", email: null, display_name: null, external_id: null, locale: null });
  for (const path of ["/users", "/events?limit=100", "/tokens/transactions"]) {
    expect((await api.get(path).expect(200)).text).not.toMatch(/lovelace|learner-1815/i);
  }

  // What is on the chain stays there; nobody gives to her or takes from her any more.
  expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["6", "4"]);
  const giftBack = { from_user_id: grace.id, to_user_id: ada.id, amount: "1" };
  await api.post("/tokens/transfer", giftBack).expect(refusal("USER_DELETED", { param: "to_user_id" }));

  // A year later she registers again, as someone new.
  const again = await enrol(api, "Ada Lovelace", { external_id: "learner-1815" });
  expect(again.id).not.toBe(ada.id);
  expect(await balanceOf(api, again)).toBe("0");
});
