import { applied, claimed, type Made, newBadge, step } from "../kit/badges.ts";
import type { Check, Group } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import type { Exchange } from "../kit/exchange.ts";
import type { Probe } from "../kit/probe.ts";
import { credentialOf, forged, genuine } from "./verify-credential.ts";
import { openBadges } from "./verify-open-badge.ts";

/** Verification: whoever asks, and however, gets the same true answer; and learns nothing about a person. */

const checks: readonly Check[] = [
  {
    id: "VERIFY-01",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "GETS ID, award, transaction, token and credential lead to the same award, and so does the public address without a key.",
    hint: "Resolve to one award first, then verify that.",
    requests: 14,
    async run(t) {
      const award = await claimed(t, await newBadge(t), await t.user());
      const chain = (award.chain ?? {}) as Json;
      const ways: Readonly<Record<string, Json>> = {
        "its GETS ID": { gets_id: award.gets_id },
        "its id": { award_id: award.id },
        "its transaction": { tx_hash: chain.tx_hash },
        "its token": { contract_address: chain.contract_address, token_id: chain.token_id },
        "its credential": { credential: await credentialOf(t, award) },
      };
      for (const [way, json] of Object.entries(ways)) {
        const found = await t.eventually(
          () => t.call("verifyBadge", { json }),
          ({ data }) => data.verified === true,
        );
        isFound(t, found, award, `by ${way}`);
      }
      isFound(t, await publicly(t, award), award, "by the public address");
      const nobody = await t.call("verifyByGetsId", { params: { gets_id: `${award.gets_id}A` }, key: null });
      t.expect.equal([nobody.status, nobody.data.status], [200, "not_found"], "an unknown GETS ID is not_found", {
        exchange: nobody,
        pointer: "/data/status",
      });
    },
  },
  forged,
  {
    id: "VERIFY-03",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement:
      "Neither verification, nor its public address and page, nor the credential tells anything about the person beyond the wallet.",
    hint: "No e-mail address, name, external_id, evidence, narrative, review or metadata: learners can be minors.",
    requests: 13,
    async run(t) {
      const mark = t.random.word(10);
      const user = await t.user({ display_name: `Zenobia ${mark}`, external_id: `pupil-${mark}`, email: `zenobia.${mark}@example.com` });
      const award = await applied(t, await newBadge(t), user, [], {
        evidence: [{ type: "url", value: `https://example.com/${mark}/recording` }],
        narrative: `At home, ${mark} street.`,
        metadata: { family: mark, conformance_run: t.runId },
      });
      await t.call("approveAward", { params: { award_id: award.id }, json: { note: `A pupil of ${mark}.` } });
      await step(t, award, "claim");
      const known = await t.call("getAward", { params: { award_id: award.id } });
      t.expect.that(known.text.includes(mark), "with a key the award shows its evidence", { exchange: known });
      const credential = await t.call("getAwardCredential", { params: { award_id: award.id } });
      const shown: readonly (readonly [what: string, exchange: Exchange, text: string])[] = [
        ...[
          await t.call("verifyBadge", { json: { award_id: award.id } }),
          await publicly(t, award),
          await publicly(t, award, "text/html"),
        ].map((exchange) => [`${exchange.sent.method} ${exchange.headers["content-type"]}`, exchange, exchange.text] as const),
        ["the credential", credential, Buffer.from(credential.text.trim().split(".")[1] ?? "", "base64url").toString()],
      ];
      for (const [what, exchange, text] of shown) {
        t.expect.status(exchange, [200], `reading ${what}`);
        t.expect.that(!text.toLowerCase().includes(mark), `${what} tells something about the person`, {
          exchange,
          expected: `nothing with ${mark}`,
        });
      }
    },
  },
  {
    id: "VERIFY-04",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement:
      "expected_recipient is a user id, an address, a CAIP-10 account or a did:pkh; somebody else's, or nobody's, is owner_mismatch.",
    hint: "Compare addresses without regard to case.",
    requests: 18,
    async run(t) {
      const [user, other] = [await t.user(), await t.user()];
      const award = await claimed(t, await newBadge(t), user);
      const namesOf = ({ id, wallet }: Json) => {
        const [address, account] = ["address", "account"].map((name) => String(Object(wallet)[name])) as [string, string];
        return [String(id), address, address.toLowerCase(), account, `did:pkh:${account}`];
      };
      for (const [expected, status] of [
        ...namesOf(user).map((name) => [name, "valid"] as const),
        ...namesOf(other).map((name) => [name, "owner_mismatch"] as const),
        ["usr_nobody", "owner_mismatch"] as const,
      ]) {
        const found = await t.call("verifyBadge", { json: { award_id: award.id, expected_recipient: expected } });
        t.expect.equal([found.data.status, found.data.verified], [status, status === "valid"], `expecting ${expected}`, {
          exchange: found,
          pointer: "/data/status",
        });
      }
    },
  },
  {
    id: "VERIFY-05",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Exactly one way is named: none, two, or half of one is refused with 400.",
    hint: "contract_address and token_id go together.",
    requests: 12,
    async run(t) {
      const award = await claimed(t, await newBadge(t), await t.user());
      const chain = (award.chain ?? {}) as Json;
      const { gets_id, id: award_id } = award;
      for (const [what, json] of [
        ["no way", {}],
        ["a recipient alone", { expected_recipient: award.recipient_id }],
        ["two ways", { gets_id, award_id }],
        ["a contract without a number", { contract_address: chain.contract_address }],
        ["a number without a contract", { token_id: chain.token_id }],
      ] as const) {
        const exchange = await t.call("verifyBadge", { json });
        t.expect.refused(exchange, { status: [400, 422], codes: /VALIDATION|INVALID|REQUIRED/ }, `verifying by ${what}`);
      }
      isFound(t, await t.call("verifyBadge", { json: { award_id } }), award, "by one way");
    },
  },
  genuine,
  {
    id: "VERIFY-07",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "What is not claimed, or revoked, is not verified, and the status says why, with a key and without.",
    hint: "not_claimed until the claim; revoked at once.",
    requests: 17,
    async run(t) {
      const award = await applied(t, await newBadge(t), await t.user());
      for (const [action, status] of [
        [null, "not_claimed"],
        ["approve", "not_claimed"],
        ["claim", "valid"],
        ["revoke", "revoked"],
      ] as const) {
        if (action) t.expect.ok(await step(t, award, action), `${action} of the award`);
        await t.settled();
        for (const found of [await t.call("verifyBadge", { json: { award_id: award.id } }), await publicly(t, award)]) {
          t.expect.equal([found.data.status, found.data.verified], [status, status === "valid"], `after ${action ?? "applying"}`, {
            exchange: found,
            pointer: "/data/status",
          });
        }
      }
    },
  },
  {
    id: "VERIFY-08",
    level: "SHOULD",
    provenance: "O",
    mode: "w",
    requirement:
      "The public address is a page for browsers: it names the badge and says whether it is valid, without scripts from elsewhere.",
    hint: "Choose by Accept, and say Vary: Accept.",
    requests: 8,
    async run(t) {
      const badge = await newBadge(t);
      const award = await claimed(t, badge, await t.user());
      const page = await publicly(t, award, "text/html,application/xhtml+xml,*/*;q=0.8");
      t.expect.status(page, [200], "asking for the page");
      const type = page.headers["content-type"] ?? "";
      t.expect.that(type.startsWith("text/html"), "a browser does not get a page", {
        exchange: page,
        pointer: "content-type",
        actual: type,
      });
      t.expect.that(page.text.includes(String(badge.title)), "the page does not name the badge", { exchange: page, expected: badge.title });
      t.expect.that(!/<(script|link|img)[^<>]+(src|href)="?https?:/i.test(page.text), "the page loads something from elsewhere", {
        exchange: page,
      });
      t.expect.that(/accept/i.test(page.headers.vary ?? ""), "Vary does not name Accept", { exchange: page, pointer: "vary" });
      const json = await publicly(t, award);
      t.expect.equal(json.data.status, "valid", "others get the envelope", { exchange: json, pointer: "/data/status" });
    },
  },
  ...openBadges,
];

export const verify: Group = { name: "VERIFY", title: "Verification and credentials", checks };

function publicly(t: Probe, award: Made, accept = "application/json"): Promise<Exchange> {
  return t.call("verifyByGetsId", { params: { gets_id: String(award.gets_id) }, key: null, headers: { Accept: accept } });
}

function isFound(t: Probe, exchange: Exchange, award: Made, how: string): void {
  t.expect.ok(exchange, `verifying ${how}`);
  t.expect.equal([exchange.data.verified, exchange.data.status], [true, "valid"], `${how} it is valid`, {
    exchange,
    pointer: "/data/status",
  });
  t.expect.equal((exchange.data.award as Json | null)?.id, award.id, `${how} it is this award`, { exchange, pointer: "/data/award/id" });
}
