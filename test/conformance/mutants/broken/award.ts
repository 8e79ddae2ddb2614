import type { Answered, Forward, Handler, Mutant, Received } from "../mutant.ts";
import { asking, at, edited, editing, jsonOf, type Loose, own, pathOf, queryOf, refusal, withBody } from "../tamper.ts";

const [createBadge, apply, issue] = [at("POST /badges"), at("POST /badges/*/applications"), at("POST /badges/*/issue")];
const [approve, reject, claim, revoke] = ["approve", "reject", "claim", "revoke"].map((step) => at(`POST /awards/*/${step}`)) as [
  typeof issue,
  typeof issue,
  typeof issue,
  typeof issue,
];
const read = at("GET /awards/*");
const idIn = (request: Received) => pathOf(request).split("/")[3] as string;
const codeOf = (found: Answered) => jsonOf(found)?.error?.code;
const isGood = (_: Received, found?: Answered) => (found?.status ?? 500) < 300;
const award = async (forward: Forward, key: string, id: string): Promise<Loose> =>
  jsonOf(await forward(own("GET", `/awards/${id}`, key))).data;
const mint = (forward: Forward, key: string, user_id: string, amount: string) =>
  forward(own("POST", "/tokens/mint", key, { user_id, amount }));
const burn = (forward: Forward, key: string, user_id: string, amount: string) =>
  forward(own("POST", "/tokens/burn", key, { user_id, amount }));

/** Does something else after an answer. */
function after(
  when: (request: Received, found: Answered) => boolean,
  act: (forward: Forward, key: string, request: Received, found: Answered) => Promise<unknown>,
) {
  return ({ apiKey }: { readonly apiKey: string }): Handler =>
    async (request, forward) => {
      const found = await forward(request);
      if (when(request, found)) await act(forward, apiKey, request, found);
      return found;
    };
}

/** Makes badges with other members than asked for. */
function otherBadge(change: (badge: Loose) => object) {
  return asking(createBadge, (request) => withBody(request, { ...jsonOf(request), ...change(jsonOf(request)) }));
}

export const awardMutants: readonly Mutant[] = [
  {
    id: "M198",
    breaks: "when it was approved is not told",
    kills: ["AWARD-01"],
    make: editing(
      (request, found) => read(request) && isGood(request, found),
      (json) => void (json.data.approved_at = null),
    ),
  },
  {
    id: "M199",
    breaks: "a rejected application still is applied when it is read",
    kills: ["AWARD-01"],
    also: ["AWARD-02"],
    make: editing(
      (request, found) => read(request) && jsonOf(found as Answered)?.data?.status === "rejected",
      (json) => void (json.data.status = "applied"),
    ),
  },
  {
    id: "M200",
    breaks: "approving twice is fine",
    kills: ["AWARD-02"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        return approve(request) && codeOf(found) === "INVALID_STATE_TRANSITION"
          ? await forward(own("GET", `/awards/${idIn(request)}`, apiKey))
          : found;
      },
  },
  {
    id: "M201",
    breaks: "a claim before the approval is refused, and approves it",
    kills: ["AWARD-02"],
    make: after(
      (request, found) => claim(request) && found.status === 409,
      (forward, key, request) => forward(own("POST", `/awards/${idIn(request)}/approve`, key)),
    ),
  },
  {
    id: "M202",
    breaks: "the reward is paid at the approval too",
    kills: ["AWARD-03"],
    also: ["AWARD-05", "AWARD-06", "AWARD-08", "AWARD-09"],
    make: after(
      (request, found) => approve(request) && isGood(request, found),
      (forward, key, _, found) => mint(forward, key, jsonOf(found).data.recipient_id, jsonOf(found).data.reward.amount),
    ),
  },
  {
    id: "M203",
    breaks: "claiming again is refused, and paid",
    kills: ["AWARD-03"],
    also: ["AWARD-05", "AWARD-06", "AWARD-08"],
    make: after(
      (request, found) => claim(request) && found.status === 409,
      async (forward, key, request) => mint(forward, key, (await award(forward, key, idIn(request))).recipient_id, "1"),
    ),
  },
  {
    id: "M204",
    breaks: "the award does not name the transaction of its reward",
    kills: ["AWARD-03"],
    make: editing(
      (request, found) => read(request) && isGood(request, found),
      (json) => void (json.data.reward.transaction_id = null),
    ),
  },
  { id: "M205", breaks: "the supply is not limited", kills: ["AWARD-04"], make: otherBadge(() => ({ max_awards: undefined })) },
  {
    id: "M206",
    breaks: "a badge does not count its awards",
    kills: ["AWARD-04"],
    make: editing(
      (request, found) => at("GET /badges/*")(request) && isGood(request, found),
      (json) => void (json.data.awards_count = 0),
    ),
  },
  {
    id: "M207",
    breaks: "what was revoked still counts",
    kills: ["AWARD-04"],
    make: ({ apiKey }): Handler => {
      const full = new Set<string>();
      return async (request, forward) => {
        if (approve(request) && full.has((await award(forward, apiKey, idIn(request))).badge_id))
          return refusal(409, "BADGE_SUPPLY_EXHAUSTED");
        const found = await forward(request);
        if (codeOf(found) === "BADGE_SUPPLY_EXHAUSTED") {
          full.add(approve(request) ? (await award(forward, apiKey, idIn(request))).badge_id : idIn(request));
        }
        return found;
      };
    },
  },
  {
    id: "M208",
    breaks: "the window is hours too long",
    kills: ["AWARD-05"],
    make: otherBadge(({ claim_window_days }) => (claim_window_days ? { claim_window_days: claim_window_days + 1 } : {})),
  },
  {
    id: "M209",
    breaks: "a claim after the end is refused, and paid",
    kills: ["AWARD-05"],
    make: after(
      (_, found) => codeOf(found) === "CLAIM_EXPIRED",
      async (forward, key, request) => mint(forward, key, (await award(forward, key, idIn(request))).recipient_id, "9"),
    ),
  },
  {
    id: "M210",
    breaks: "the window ends after half of it",
    kills: ["AWARD-05"],
    make: ({ now }): Handler => {
      const begun = new Map<string, number>();
      return async (request, forward) => {
        if (claim(request) && now() - (begun.get(idIn(request)) ?? now()) > 12 * 3_600_000) return refusal(409, "CLAIM_EXPIRED");
        const found = await forward(request);
        if (approve(request) && isGood(request, found)) begun.set(idIn(request), now());
        return found;
      };
    },
  },
  {
    id: "M211",
    breaks: "revoking takes the reward back",
    kills: ["AWARD-06"],
    make: after(
      (request, found) => revoke(request) && isGood(request, found) && jsonOf(found).data.claimed_at !== null,
      (forward, key, _, found) => burn(forward, key, jsonOf(found).data.recipient_id, jsonOf(found).data.reward.amount),
    ),
  },
  {
    id: "M212",
    breaks: "the reason of a revocation is not kept",
    kills: ["AWARD-06"],
    make: editing(
      (request, found) => read(request) && jsonOf(found as Answered)?.data?.revocation,
      (json) => void (json.data.revocation.reason = "Revoked."),
    ),
  },
  {
    id: "M213",
    breaks: "a claim of what is revoked is answered with success",
    kills: ["AWARD-06"],
    also: ["AWARD-02"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        const stands = claim(request) && found.status === 409 ? await forward(own("GET", `/awards/${idIn(request)}`, apiKey)) : null;
        return stands && jsonOf(stands).data.status === "revoked" ? stands : found;
      },
  },
  { id: "M214", breaks: "evidence is not asked for", kills: ["AWARD-07"], make: otherBadge(() => ({ evidence_requirements: [] })) },
  {
    id: "M215",
    breaks: "a second application while one is open is made",
    kills: ["AWARD-07"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (!apply(request) || codeOf(found) !== "ALREADY_APPLIED") return found;
        const { recipient_id } = jsonOf(request);
        const open = await forward(own("GET", `/awards?badge_id=${idIn(request)}&recipient_id=${recipient_id}&status=applied`, apiKey));
        for (const { id } of jsonOf(open).data.items) await forward(own("POST", `/awards/${id}/reject`, apiKey, { reason: "Twice." }));
        return await forward(request);
      },
  },
  {
    id: "M216",
    breaks: "who was rejected may not apply again",
    kills: ["AWARD-07"],
    make: (): Handler => {
      const rejected = new Set<string>();
      return async (request, forward) => {
        if (apply(request) && rejected.has(`${idIn(request)} ${jsonOf(request)?.recipient_id}`)) return refusal(409, "ALREADY_APPLIED");
        const found = await forward(request);
        const { data } = reject(request) ? (jsonOf(found) ?? {}) : {};
        if (data) rejected.add(`${data.badge_id} ${data.recipient_id}`);
        return found;
      };
    },
  },
  {
    id: "M217",
    breaks: "claims at the same time are all paid",
    kills: ["AWARD-08"],
    make: ({ apiKey }): Handler => {
      const flying = new Map<string, number>();
      return async (request, forward) => {
        if (!claim(request)) return await forward(request);
        const id = idIn(request);
        flying.set(id, (flying.get(id) ?? 0) + 1);
        if ((flying.get(id) ?? 0) > 1) await mint(forward, apiKey, (await award(forward, apiKey, id)).recipient_id, "1");
        const found = await forward(request);
        await new Promise((resolve) => setTimeout(resolve, 10));
        flying.set(id, (flying.get(id) ?? 1) - 1);
        return found;
      };
    },
  },
  {
    id: "M218",
    breaks: "what the sponsor should fund is minted",
    kills: ["AWARD-09"],
    make: otherBadge(({ reward }) => ({ reward: { ...reward, funding: "mint" } })),
  },
  {
    id: "M219",
    breaks: "too little money rejects the application",
    kills: ["AWARD-09"],
    make: after(
      (request, found) => approve(request) && codeOf(found) === "INSUFFICIENT_BALANCE",
      (forward, key, request) => forward(own("POST", `/awards/${idIn(request)}/reject`, key, { reason: "No money." })),
    ),
  },
  {
    id: "M220",
    breaks: "what was locked is not given back",
    kills: ["AWARD-09"],
    make: after(
      (request, found) => revoke(request) && isGood(request, found) && jsonOf(found).data.reward.funding === "sponsor",
      (forward, key, _, found) => burn(forward, key, jsonOf(found).data.sponsor_id, jsonOf(found).data.reward.amount),
    ),
  },
  {
    id: "M221",
    breaks: "an award tells the reward of the badge that was issued first",
    kills: ["AWARD-10"],
    make: (): Handler => {
      let first: unknown;
      return async (request, forward) => {
        const found = await forward(request);
        if (!issue(request) || !isGood(request, found)) return found;
        first ??= jsonOf(found).data.reward.amount;
        return edited(found, (json) => void (json.data.reward.amount = first));
      };
    },
  },
  {
    id: "M222",
    breaks: "lists of awards are not filtered by status",
    kills: ["AWARD-10"],
    also: ["AWARD-04"],
    make: asking(
      (request) => at("GET /awards")(request) && queryOf(request).has("status"),
      (request) => ({ ...request, url: request.url.replace(/[?&]status=\w+/, "") }),
    ),
  },
];
