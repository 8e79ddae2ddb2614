import type { Answered, Handler, Mutant, Received } from "../mutant.ts";
import { asking, at, edited, editing, jsonOf, own, pathOf, withBody } from "../tamper.ts";

const verify = at("POST /badges/verify");
const issue = at("POST /badges/*/issue");
const badgeIn = (request: Received) => pathOf(request).split("/")[3] as string;
const said = (_: Received, found?: Answered) => (found?.status ?? 500) < 300;

export const badgeMutants: readonly Mutant[] = [
  {
    id: "M111",
    breaks: "verification tells the badge that was issued first, whichever it is",
    kills: ["BADGE-01"],
    make: (): Handler => {
      let first: string | null = null;
      return async (request, forward) => {
        const found = await forward(request);
        if (issue(request)) first ??= badgeIn(request);
        return verify(request) && jsonOf(found)?.data?.award
          ? edited(found, (json) => void (json.data.award.badge_id = first ?? json.data.award.badge_id))
          : found;
      };
    },
  },
  {
    id: "M150",
    breaks: "a badge that was issued is not found by verification",
    kills: ["BADGE-01"],
    also: ["BADGE-02", "BADGE-06"],
    make: editing(
      (request, found) => verify(request) && said(request, found),
      (json) => void Object.assign(json.data, { verified: false, status: "not_found", award: null }),
    ),
  },
  {
    id: "M78",
    breaks: "everything verifies as valid",
    kills: ["BADGE-02"],
    also: ["BADGE-06"],
    make: editing(
      (request, found) => verify(request) && said(request, found),
      (json) => void Object.assign(json.data, { verified: true, status: "valid" }),
    ),
  },
  {
    id: "M151",
    breaks: "GETS IDs are looked up by their first six characters",
    kills: ["BADGE-02"],
    make: (): Handler => {
      const known: string[] = [];
      return async (request, forward) => {
        const { gets_id } = verify(request) ? (jsonOf(request) ?? {}) : {};
        const near = known.find((each) => String(gets_id).length >= 6 && each.slice(0, 2) === String(gets_id).slice(0, 2));
        const found = await forward(near ? withBody(request, { ...jsonOf(request), gets_id: near }) : request);
        const made = issue(request) ? jsonOf(found)?.data?.gets_id : undefined;
        if (made) known.push(made);
        return found;
      };
    },
  },
  {
    id: "M152",
    breaks: "verification by token does not look at the contract",
    kills: ["BADGE-02"],
    make: (): Handler => {
      let ours: string | undefined;
      return async (request, forward) => {
        const body = verify(request) ? jsonOf(request) : undefined;
        const found = await forward(body?.contract_address && ours ? withBody(request, { ...body, contract_address: ours }) : request);
        const chain = jsonOf(found)?.data?.chain;
        if (chain?.token_id) ours = chain.contract_address;
        return found;
      };
    },
  },
  {
    id: "M153",
    breaks: "a holder's list has each badge twice",
    kills: ["BADGE-03"],
    also: ["BADGE-04", "BADGE-05"],
    make: editing(
      (request, found) => at("GET /users/*/awards")(request) && said(request, found),
      (json) => void (json.data.items = json.data.items.flatMap((each: unknown) => [each, each])),
    ),
  },
  {
    id: "M154",
    breaks: "the filter by recipient is not applied",
    kills: ["BADGE-03"],
    make: asking(
      (request) => at("GET /awards")(request) && request.url.includes("recipient_id="),
      (request) => ({ ...request, url: pathOf(request) }),
    ),
  },
  {
    id: "M155",
    breaks: "issuing an unknown badge issues the last one that there is",
    kills: ["BADGE-04"],
    make: (): Handler => {
      let last: string | null = null;
      return async (request, forward) => {
        const found = await forward(request);
        if (issue(request) && found.status === 404 && jsonOf(found).error.code === "BADGE_NOT_FOUND" && last)
          return await forward({ ...request, url: request.url.replace(badgeIn(request), last) });
        if (at("POST /badges/*/publish")(request) && found.status === 200) last = badgeIn(request);
        return found;
      };
    },
  },
  {
    id: "M156",
    breaks: "issuing to nobody is 404, and issued to the sponsor",
    kills: ["BADGE-04"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (!issue(request) || jsonOf(found)?.error?.code !== "USER_NOT_FOUND") return found;
        const { data } = jsonOf(await forward(own("GET", `/badges/${badgeIn(request)}`, apiKey)));
        await forward(own("POST", `/badges/${badgeIn(request)}/issue`, apiKey, { recipient_id: data.sponsor_id }));
        return found;
      },
  },
  {
    id: "M113",
    breaks: "an identical issue makes a second award",
    kills: ["BADGE-05"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (!issue(request) || found.status !== 409) return found;
        // What stands in the way is taken away first, behind the scenes.
        const { recipient_id } = jsonOf(request);
        const list = jsonOf(await forward(own("GET", `/awards?badge_id=${badgeIn(request)}&recipient_id=${recipient_id}`, apiKey)));
        for (const { id } of list.data.items) await forward(own("POST", `/awards/${id}/revoke`, apiKey, { reason: "Twice." }));
        return await forward(request);
      },
  },
  {
    id: "M157",
    breaks: "an identical issue is 409, and the reward is paid again",
    kills: ["BADGE-05"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (issue(request) && found.status === 409)
          await forward(own("POST", "/tokens/mint", apiKey, { user_id: jsonOf(request).recipient_id, amount: "1" }));
        return found;
      },
  },
  {
    id: "M158",
    breaks: "the recipient that is expected is ignored",
    kills: ["BADGE-06"],
    make: asking(
      (request) => verify(request) && jsonOf(request)?.expected_recipient,
      (request) => withBody(request, { ...jsonOf(request), expected_recipient: undefined }),
    ),
  },
  {
    id: "M159",
    breaks: "verifying touches the award",
    kills: ["BADGE-06"],
    make: (): Handler => {
      let verified = 0;
      return async (request, forward) => {
        const found = await forward(request);
        if (verify(request)) verified += 1;
        return at("GET /awards/*")(request) && found.status === 200
          ? edited(found, (json) => void (json.data.metadata = { ...json.data.metadata, seen: String(verified) }))
          : found;
      };
    },
  },
  {
    id: "M160",
    breaks: "verifying pays a finder's fee",
    kills: ["BADGE-06"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        const recipient = verify(request) ? jsonOf(found)?.data?.award?.recipient_id : undefined;
        if (recipient) await forward(own("POST", "/tokens/mint", apiKey, { user_id: recipient, amount: "0.01" }));
        return found;
      },
  },
  {
    id: "M161",
    breaks: "a draft is issued",
    kills: ["BADGE-07"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (!issue(request) || jsonOf(found)?.error?.code !== "BADGE_NOT_PUBLISHED") return found;
        await forward(own("POST", `/badges/${badgeIn(request)}/publish`, apiKey));
        return await forward(request);
      },
  },
  {
    id: "M162",
    breaks: "a published badge takes other terms",
    kills: ["BADGE-07"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      const isFrozen = at("PATCH /badges/*")(request) && jsonOf(found)?.error?.code === "BADGE_FIELD_FROZEN";
      return isFrozen ? await forward(withBody(request, { tags: ["changed"] })) : found;
    },
  },
];
