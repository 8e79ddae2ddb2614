import { describe, expect } from "vitest";
import type { MiningMode } from "../../emulator/services/mining.ts";
import { refusal } from "../support/client.ts";
import { DEEP } from "../support/depth.ts";
import { balanceOf, type Cast, enrol, inBothWorlds } from "./worlds.ts";

inBothWorlds("A learner spends more than she has", async ({ api }) => {
  const [ada, grace] = [await enrol(api, "Ada Lovelace"), await enrol(api, "Grace Hopper")];
  await api.post("/tokens/mint", { user_id: ada.id, amount: "5" }).expect(201);

  const { body } = await api
    .post("/tokens/transfer", { from_user_id: ada.id, to_user_id: grace.id, amount: "5.01" })
    .expect(refusal("INSUFFICIENT_BALANCE", { param: "amount" }));
  expect(body.error.details[0]).toMatchObject({ available: "5", required: "5.01" });
  await api.post("/tokens/burn", { user_id: ada.id, amount: "6" }).expect(refusal("INSUFFICIENT_BALANCE"));

  // Nothing happened.
  expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["5", "0"]);
  expect((await api.get(`/tokens/transactions?user_id=${ada.id}`)).body.data.items).toHaveLength(1);
});

const MINING: [string, MiningMode, settle: (cast: Cast) => Promise<unknown>][] = [
  ["automatic", { kind: "auto" }, async () => {}],
  ["manual", { kind: "manual" }, ({ sandbox }) => sandbox.chain.mine()],
  ["interval", { kind: "interval", every_ms: 3_600_000 }, ({ sandbox }) => sandbox.clock.advance("1h")],
];

/** How blocks are mined changes little of what is refused. */
describe.each(DEEP ? MINING : MINING.slice(0, 1))("200 transfers of one balance at once, under %s mining", (_name, mining, settle) => {
  inBothWorlds(
    "spend what is there and no more",
    async (cast) => {
      const { api } = cast;
      const [ada, grace] = [await enrol(api, "Ada Lovelace"), await enrol(api, "Grace Hopper")];
      await api.post("/tokens/mint", { user_id: ada.id, amount: "77.5" });
      await settle(cast);

      const gift = { from_user_id: ada.id, to_user_id: grace.id, amount: "1" };
      const answers = await Promise.all(Array.from({ length: 200 }, () => api.post("/tokens/transfer", gift)));
      const accepted = answers.filter(({ status }) => status === 201 || status === 202);
      expect(accepted).toHaveLength(77);
      for (const answer of answers) if (!accepted.includes(answer)) refusal("INSUFFICIENT_BALANCE")(answer);
      expect(await balanceOf(api, ada)).toBe("0.5");

      await settle(cast);
      expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["0.5", "77"]);
      const failed = await api.get("/tokens/transactions?status=failed").expect(200);
      const pending = await api.get("/tokens/transactions?status=pending").expect(200);
      expect([...failed.body.data.items, ...pending.body.data.items]).toEqual([]);
    },
    { mining },
  );
});
