import { expect } from "vitest";
import { refusal } from "../support/client.ts";
import { balanceOf, enrol, inBothWorlds, lastEvents } from "./worlds.ts";

inBothWorlds(
  "Blocks come every two seconds",
  async ({ api, sandbox }) => {
    await sandbox.clock.freeze();
    const ada = await enrol(api, "Ada Lovelace");

    // The mint is accepted, but not yet true.
    const sent = await api.post("/tokens/mint", { user_id: ada.id, amount: "10" }).expect(202);
    expect(sent.body.message).toBe("Minting 10 GETS to Ada Lovelace.");
    expect(await balanceOf(api, ada)).toBe("0");

    // Two seconds later its block is there.
    await sandbox.clock.advance("2s");
    const { body } = await api.get(`/tokens/transactions/${sent.body.data.id}`).expect(200);
    expect(body.data.status).toBe("confirmed");
    expect(await balanceOf(api, ada)).toBe("10");
    expect(await lastEvents(api, 2)).toEqual(["token.transaction.created", "token.transaction.confirmed"]);
  },
  { mining: { kind: "interval", every_ms: 2000 } },
);

inBothWorlds(
  "Blocks come when they are told to",
  async ({ api, sandbox }) => {
    const [ada, grace] = [await enrol(api, "Ada Lovelace"), await enrol(api, "Grace Hopper")];
    await api.post("/tokens/mint", { user_id: ada.id, amount: "10" }).expect(202);
    await sandbox.clock.advance("30d");
    expect(await balanceOf(api, ada)).toBe("0");
    await sandbox.chain.mine();
    expect(await balanceOf(api, ada)).toBe("10");

    // While a gift is on its way, what it takes cannot be spent, and what it brings cannot either.
    const gift = { from_user_id: ada.id, to_user_id: grace.id, amount: "6" };
    await api.post("/tokens/transfer", gift).expect(202);
    expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["4", "0"]);
    await api.post("/tokens/transfer", gift).expect(refusal("INSUFFICIENT_BALANCE"));
    await api.post("/tokens/burn", { user_id: grace.id, amount: "1" }).expect(refusal("INSUFFICIENT_BALANCE"));

    await sandbox.chain.mine();
    expect([await balanceOf(api, ada), await balanceOf(api, grace)]).toEqual(["4", "6"]);
  },
  { mining: { kind: "manual" } },
);
