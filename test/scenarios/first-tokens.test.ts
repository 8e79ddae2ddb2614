import { expect } from "vitest";
import { balanceOf, enrol, inBothWorlds, lastEvents } from "./worlds.ts";

inBothWorlds("A learner earns her first tokens", async ({ api }) => {
  // A school registers Ada. She brings no wallet, so she gets one that the server keeps for her.
  const ada = await enrol(api, "Ada Lovelace", { external_id: "learner-1815" });
  expect(ada.wallet).toMatchObject({ custody: "managed" });
  expect(await balanceOf(api, ada)).toBe("0");

  // She completes her first mission.
  const { body } = await api
    .post("/tokens/mint", { user_id: ada.id, amount: "100", reason: "Mission 1", reference: "mission-1" })
    .expect(201);
  expect(body.message).toBe("Minted 100 GETS to Ada Lovelace.");
  expect(await balanceOf(api, ada)).toBe("100");

  // The school's own system finds her by the id it knows, and what she earned by hers.
  const found = await api.get("/users?external_id=learner-1815").expect(200);
  expect(found.body.data.items).toHaveLength(1);
  const history = await api.get(`/tokens/transactions?user_id=${ada.id}`).expect(200);
  expect(history.body.data.items).toEqual([body.data]);
  expect(await lastEvents(api, 3)).toEqual(["user.created", "token.transaction.created", "token.transaction.confirmed"]);
});
