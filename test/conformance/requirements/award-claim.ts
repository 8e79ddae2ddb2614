import { applied, awardOnce, newBadge, newSponsor, step } from "../kit/badges.ts";
import type { Check } from "../kit/check.ts";

/** What a claim depends on: its time, and who pays. */

const HOUR_MS = 3_600_000;

export const claimWindow: Check = {
  id: "AWARD-05",
  level: "MUST",
  provenance: "O",
  mode: "wc",
  needs: ["badges_flow"],
  requirement: "An award can be claimed until its window ends, and not after: then it is expired and pays nothing.",
  hint: "claim_expires_at = approved_at + claim_window_days × 86 400 s; compare at the claim, not in a nightly job alone.",
  requests: 15,
  async run(t) {
    const badge = await newBadge(t, { claim_window_days: 1, reward: { amount: "9" } });
    const [early, late] = [await t.user(), await t.user()];
    const [first, second] = [await applied(t, badge, early, ["approve"]), await applied(t, badge, late, ["approve"])];
    const window = Date.parse(String(first.claim_expires_at)) - Date.parse(String(first.approved_at));
    t.expect.equal(window, 24 * HOUR_MS, "the window is a day", { pointer: "/data/claim_expires_at" });
    await t.clock?.advance(23 * HOUR_MS);
    t.expect.ok(await step(t, first, "claim"), "a claim one hour before the end");
    t.expect.amount(await t.balanceOnce(early.id, "9"), "9", "the balance after it");
    await t.clock?.advance(1.1 * HOUR_MS);
    const refused = await step(t, second, "claim");
    t.expect.refused(refused, { status: [409], codes: /EXPIRED/ }, "a claim after the end");
    await t.settled();
    const read = await awardOnce(t, second.id, "expired");
    t.expect.equal(read.data.status, "expired", "the award is expired", { exchange: read, pointer: "/data/status" });
    t.expect.amount(await t.balance(late.id), "0", "the balance after the refused claim", { exchange: refused });
  },
};

export const sponsorFunding: Check = {
  id: "AWARD-09",
  level: "MUST",
  provenance: "O",
  mode: "m",
  needs: ["badges_flow"],
  requirement:
    "A reward that the sponsor funds is taken from the sponsor at approval, given at the claim, and back when it is revoked unclaimed.",
  hint: "Lock, release, refund: nothing appears, nothing is lost; too little money leaves the award applied.",
  requests: 27,
  async run(t) {
    const sponsor = await newSponsor(t);
    const funds = await t.call("mintTokens", { json: { user_id: sponsor.id, amount: "20" } });
    t.expect.ok(funds, "funding the sponsor");
    await t.confirmed(funds);
    const badge = await newBadge(t, { reward: { amount: "8", funding: "sponsor" } }, sponsor);
    const [a, b, c] = [await t.user(), await t.user(), await t.user()];
    const holds = async (when: string, expected: readonly [who: { readonly id: string }, amount: string][]) => {
      for (const [who, amount] of expected)
        t.expect.amount(
          await t.balanceOnce(who.id, amount),
          amount,
          `${who === sponsor ? "the sponsor's" : "the recipient's"} balance ${when}`,
        );
    };
    const [first, second] = [await applied(t, badge, a, ["approve"]), await applied(t, badge, b, ["approve"])];
    await holds("with two approved", [
      [sponsor, "4"],
      [a, "0"],
    ]);
    const third = await applied(t, badge, c);
    t.expect.refused(await step(t, third, "approve"), { status: [402, 409, 422], codes: /INSUFFICIENT/ }, "approving without enough money");
    await t.settled();
    const read = await awardOnce(t, third.id, "applied");
    t.expect.equal(read.data.status, "applied", "that award is still applied", { exchange: read, pointer: "/data/status" });
    await holds("after the refusal", [[sponsor, "4"]]);
    t.expect.ok(await step(t, first, "claim"), "the claim");
    await holds("after the claim", [
      [sponsor, "4"],
      [a, "8"],
    ]);
    t.expect.ok(await step(t, second, "revoke"), "revoking what was not claimed");
    await holds("after it was revoked", [
      [sponsor, "12"],
      [b, "0"],
    ]);
  },
};
