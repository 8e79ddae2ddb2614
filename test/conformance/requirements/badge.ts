import {
  archivedLater,
  awardOnce,
  awardsIn,
  badgeOf,
  claimed,
  itemsOf,
  type Made,
  made,
  newBadge,
  newSponsor,
  settledAward,
} from "../kit/badges.ts";
import type { Check, Group } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import type { Exchange } from "../kit/exchange.ts";
import { unknownId } from "../kit/ids.ts";
import { NotApplicable } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";

/** Badges: what is issued is there, is what it says, and is its holder's. */

const NOT_FOUND = { status: [404], codes: /NOT_FOUND/ } as const;

const checks: readonly Check[] = [
  {
    id: "BADGE-01",
    level: "MUST",
    provenance: "P",
    mode: "w",
    requirement: "A badge that is issued and claimed verifies as valid, with the same holder and of the same kind.",
    hint: "Issue with auto_claim, or issue and then claim; verify reads what was written, not what was sent.",
    requests: 14,
    async run(t) {
      const [badge, other] = [await newBadge(t), await newBadge(t)];
      for (const each of [badge, other]) {
        const holder = await t.user();
        const award = await claimed(t, each, holder);
        t.expect.equal(award.recipient_id, holder.id, "the award names its recipient", { pointer: "/data/recipient_id" });
        const found = await t.eventually(
          () => t.call("verifyBadge", { json: { award_id: award.id } }),
          ({ data }) => data.verified === true,
        );
        t.expect.ok(found, "verifying the badge");
        t.expect.equal(found.data.verified, true, "the badge verifies", { exchange: found, pointer: "/data/verified" });
        t.expect.equal(found.data.status, "valid", "its status is valid", { exchange: found, pointer: "/data/status" });
        const shown = (found.data.award ?? {}) as Json;
        t.expect.equal(shown.id, award.id, "verification is about this award", { exchange: found, pointer: "/data/award/id" });
        t.expect.equal(shown.recipient_id, holder.id, "the holder is the one it was issued to", {
          exchange: found,
          pointer: "/data/award/recipient_id",
        });
        t.expect.equal(shown.badge_id, each.id, "the badge is the one that was issued", {
          exchange: found,
          pointer: "/data/award/badge_id",
        });
      }
    },
  },
  {
    id: "BADGE-02",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "An unknown or altered badge never verifies as valid.",
    hint: "What is not found is not verified; compare ids whole and exactly.",
    requests: 18,
    async run(t) {
      const award = await someAward(t);
      const chain = (award.chain ?? {}) as Json;
      const wrong: readonly [what: string, json: Json][] = [
        ["an unknown award", { award_id: unknownId(t.random, "award_id") }],
        ["an award id with one character altered", { award_id: altered(t, award.id) }],
        [
          "an unknown GETS ID",
          {
            gets_id: t.random
              .word(7)
              .toUpperCase()
              .replaceAll(/[0189]/g, "A"),
          },
        ],
        ["a GETS ID with one character altered", { gets_id: altered(t, String(award.gets_id)) }],
        ["a GETS ID with one character more", { gets_id: `${award.gets_id}A` }],
        ["an altered transaction", { tx_hash: altered(t, String(chain.tx_hash)) }],
        ["a token number that is nobody's", { contract_address: chain.contract_address, token_id: `9${chain.token_id}0000000` }],
        ["the same number in another contract", { contract_address: `0x${"ab".repeat(20)}`, token_id: chain.token_id }],
        ["no credential at all", { credential: "a.b.c" }],
      ];
      for (const [what, json] of wrong) {
        const found = await t.call("verifyBadge", { json });
        t.expect.status(found, [200, 404], `verifying ${what}`);
        t.expect.that(found.data.verified !== true && found.data.status !== "valid", `${what} verifies as valid`, {
          exchange: found,
          pointer: "/data/verified",
          expected: false,
          actual: found.data.verified,
        });
      }
      const good = await t.call("verifyBadge", { json: { award_id: award.id } });
      t.expect.equal(good.data.verified, true, "the badge itself verifies", { exchange: good, pointer: "/data/verified" });
    },
  },
  {
    id: "BADGE-03",
    level: "MUST",
    provenance: "P",
    mode: "w",
    requirement: "The holder's list has the badge exactly once, and other users' lists do not have it.",
    hint: "Filter by the holder; join without doubling rows.",
    requests: 11,
    async run(t) {
      const [badge, holder, other] = [await newBadge(t), await t.user(), await t.user()];
      const award = await claimed(t, badge, holder);
      for (const [what, place, times] of [
        ["the holder's list", { user: holder.id }, 1],
        ["the list by recipient", { recipient_id: holder.id }, 1],
        ["the list by badge", { badge_id: badge.id }, 1],
        ["another user's list", { user: other.id }, 0],
        ["the list by another recipient", { recipient_id: other.id }, 0],
      ] as const) {
        const list = await t.eventually(
          () => awardsIn(t, place),
          (found) => itemsOf(found).length === times,
        );
        t.expect.ok(list, `reading ${what}`);
        const ids = itemsOf(list).map(({ id }) => id);
        t.expect.equal(ids, times === 1 ? [award.id] : [], `${what} has it ${times === 1 ? "exactly once" : "not"}`, {
          exchange: list,
          pointer: "/data/items",
        });
      }
    },
  },
  {
    id: "BADGE-04",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Issuing to an unknown user, or an unknown badge, is answered 404, and nothing is listed.",
    hint: "Look both up before anything is written.",
    requests: 10,
    async run(t) {
      const [badge, holder] = [await newBadge(t), await t.user()];
      const stranger = unknownId(t.random, "user_id");
      const nothing = unknownId(t.random, "badge_id");
      const toNobody = await t.call("issueBadge", { params: { badge_id: badge.id }, json: { recipient_id: stranger } });
      t.expect.refused(toNobody, NOT_FOUND, "issuing to an unknown user");
      const ofNothing = await t.call("issueBadge", { params: { badge_id: nothing }, json: { recipient_id: holder.id } });
      t.expect.refused(ofNothing, NOT_FOUND, "issuing an unknown badge");
      await t.settled();
      for (const [what, place, exchange] of [
        ["the badge's list", { badge_id: badge.id }, toNobody],
        ["the user's list", { user: holder.id }, ofNothing],
      ] as const)
        t.expect.equal(itemsOf(await awardsIn(t, place)).length, 0, `${what} is empty after it was refused`, { exchange });
      await claimed(t, badge, holder);
      const list = await t.eventually(
        () => awardsIn(t, { user: holder.id }),
        (found) => itemsOf(found).length === 1,
      );
      t.expect.equal(itemsOf(list).length, 1, "a known badge to a known user is listed", { exchange: list, pointer: "/data/items" });
    },
  },
  {
    id: "BADGE-05",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "A second identical issue is refused with 409 or gives the same award; it never makes a second one, nor pays twice.",
    hint: "One open or claimed award per badge and recipient.",
    requests: 11,
    async run(t) {
      const [badge, holder, other] = [await newBadge(t), await t.user(), await t.user()];
      const award = await claimed(t, badge, holder);
      const paid = await t.balance(holder.id);
      const again = await settledAward(
        t,
        await t.call("issueBadge", { params: { badge_id: badge.id }, json: { recipient_id: holder.id, auto_claim: true } }),
      );
      if (again.status >= 300)
        t.expect.refused(again, { status: [409], codes: /ALREADY/ }, "issuing the same badge to the same user again");
      else t.expect.equal(again.data.id, award.id, "the same award is given", { exchange: again, pointer: "/data/id" });
      await t.settled();
      t.expect.equal(
        itemsOf(await awardsIn(t, { user: holder.id })).map(({ id }) => id),
        [award.id],
        "the holder still has one award",
        { exchange: again },
      );
      t.expect.amount(await t.balance(holder.id), paid, "the reward is not paid again", { exchange: again });
      const theirs = await claimed(t, badge, other);
      t.expect.that(theirs.id !== award.id, "another user's award is the same one", { actual: theirs.id });
    },
  },
  {
    id: "BADGE-06",
    level: "MUST",
    provenance: "K",
    mode: "w",
    requirement: "Verifying is bound to the holder that is expected, and changes nothing.",
    hint: "expected_recipient is compared, never ignored; verify writes nothing.",
    requests: 14,
    async run(t) {
      const [badge, holder, other] = [await newBadge(t), await t.user(), await t.user()];
      const award = await claimed(t, badge, holder);
      const before = await awardOnce(t, award.id, "claimed");
      const balance = await t.balance(holder.id);
      for (const expected of [other.id, holder.id]) {
        const found = await t.call("verifyBadge", { json: { award_id: award.id, expected_recipient: expected } });
        t.expect.ok(found, "verifying with the recipient that is expected");
        t.expect.equal(found.data.verified, expected === holder.id, "verified is true for the holder alone", {
          exchange: found,
          pointer: "/data/verified",
        });
      }
      await t.settled();
      const after = await awardOnce(t, award.id, "claimed");
      t.expect.equal(after.data, before.data, "the award is as before it was verified", { exchange: after, pointer: "/data" });
      t.expect.amount(await t.balance(holder.id), balance, "verifying pays nothing");
    },
  },
  {
    id: "BADGE-07",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "A draft can neither be issued nor applied for; once published its terms are frozen; an archived one is issued no more.",
    hint: "409 BADGE_NOT_PUBLISHED and BADGE_FIELD_FROZEN; what is not a term (a description, tags) can still be changed.",
    requests: 16,
    async run(t) {
      const [sponsor, user] = [await newSponsor(t), await t.user()];
      const draft = made(await t.call("createBadge", { json: badgeOf(t, sponsor) }), "a badge could not be created");
      archivedLater(t, draft.id);
      const params = { badge_id: draft.id };
      const refusesBoth = async (what: string) => {
        for (const operationId of ["issueBadge", "applyForBadge"]) {
          const exchange = await t.call(operationId, { params, json: { recipient_id: user.id } });
          t.expect.refused(exchange, { status: [409], codes: /NOT_PUBLISHED/ }, `${operationId} of ${what}`);
        }
        await t.settled();
        t.expect.equal(itemsOf(await awardsIn(t, { user: user.id })).length, 0, `nothing is awarded of ${what}`);
      };
      await refusesBoth("a draft");
      const live = await t.call("publishBadge", { params });
      t.expect.ok(live, "publishing the draft");
      const terms: Json = { title: `Other ${t.random.word()}`, reward: { amount: "1000" } };
      for (const [name, value] of Object.entries(terms)) {
        const exchange = await t.call("updateBadge", { params, json: { [name]: value } });
        t.expect.refused(exchange, { status: [409], codes: /FROZEN/ }, `changing ${name} of a published badge`);
        await t.settled();
        const read = await t.call("getBadge", { params });
        t.expect.equal(read.data[name], draft[name], `${name} is as it was published`, { exchange: read, pointer: `/data/${name}` });
      }
      const description = `Described anew ${t.random.word()}`;
      const changed = await t.call("updateBadge", { params, json: { description } });
      t.expect.equal(changed.data.description, description, "what is no term can be changed", { exchange: changed });
      t.expect.ok(await t.call("archiveBadge", { params }), "archiving it");
      await refusesBoth("an archived badge");
    },
  },
];

export const badge: Group = { name: "BADGE", title: "Badges", checks };

/** A claimed award: one of the run's own, or in readonly mode one that exists. */
async function someAward(t: Probe): Promise<Made> {
  if (t.mode !== "readonly") return await claimed(t, await newBadge(t), await t.user());
  const { award_id } = t.facts.capabilities.known;
  const exchange: Exchange = award_id
    ? await t.call("getAward", { params: { award_id } })
    : await t.call("listAwards", { query: { status: "claimed", limit: "1" } });
  const award = award_id ? (exchange.data as Made) : itemsOf(exchange)[0];
  if (!award) throw new NotApplicable("there is no claimed award to alter, and readonly mode makes none");
  return award;
}

/** Another character of the same kind in one place near the end. */
function altered(t: Probe, text: string): string {
  const at = text.length - t.random.int(1, Math.min(5, text.length));
  const other = /\d/.test(text[at] ?? "") ? (text[at] === "7" ? "3" : "7") : text[at]?.toLowerCase() === "b" ? "c" : "b";
  return text.slice(0, at) + (/[A-Z]/.test(text[at] ?? "") ? other.toUpperCase() : other) + text.slice(at + 1);
}
