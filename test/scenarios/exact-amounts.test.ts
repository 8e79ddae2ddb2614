import { expect } from "vitest";
import { balanceOf, enrol, inBothWorlds } from "./worlds.ts";

inBothWorlds("Eighteen places are exact, whatever a floating-point number would make of them", async ({ api }) => {
  const [ada, grace] = [await enrol(api, "Ada Lovelace"), await enrol(api, "Grace Hopper")];

  // 0.1 + 0.2 is 0.3 here.
  await api.post("/tokens/mint", { user_id: ada.id, amount: "0.1" }).expect(201);
  await api.post("/tokens/mint", { user_id: ada.id, amount: "0.2" }).expect(201);
  expect(await balanceOf(api, ada)).toBe("0.3");

  // More digits than 53 bits hold.
  await api.post("/tokens/mint", { user_id: ada.id, amount: "123456789012.123456789012345678" }).expect(201);
  expect(await balanceOf(api, ada)).toBe("123456789012.423456789012345678");

  // The smallest unit there is.
  await api.post("/tokens/transfer", { from_user_id: ada.id, to_user_id: grace.id, amount: "0.000000000000000001" }).expect(201);
  expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["123456789012.423456789012345677", "0.000000000000000001"]);

  // Written with zeros, answered without.
  const { body } = await api.post("/tokens/burn", { user_id: ada.id, amount: "123456789012.400000000000000000" }).expect(201);
  expect(body.data.amount).toBe("123456789012.4");
  expect(await balanceOf(api, ada)).toBe("0.023456789012345677");
  expect((await api.get("/tokens").expect(200)).body.data.total_supply).toBe("0.023456789012345678");
});
