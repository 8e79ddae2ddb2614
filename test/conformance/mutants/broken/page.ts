import type { Answered, Handler, Mutant, Received } from "../mutant.ts";
import { answer, asking, at, edited, editing, jsonOf, type Loose, pathOf, queryOf, refusal } from "../tamper.ts";

const transactions = at("GET /tokens/transactions");
const isPage = (request: Received, found?: Answered) =>
  transactions(request) && found?.status === 200 && queryOf(request).has("user_id") && queryOf(request).has("limit");
const limitOf = (request: Received) => queryOf(request).get("limit");
const codeOf = (found: Answered) => jsonOf(found)?.error?.code;

function withQuery(request: Received, changes: Readonly<Record<string, string | null>>): Received {
  const query = queryOf(request);
  for (const [name, value] of Object.entries(changes)) value === null ? query.delete(name) : query.set(name, value);
  return { ...request, url: `${pathOf(request)}?${query}` };
}

export const pageMutants: readonly Mutant[] = [
  {
    id: "M186",
    breaks: "the last item of a page is the first of the next again",
    kills: ["PAGE-01"],
    also: ["PAGE-04"],
    make: (): Handler => {
      const last = new Map<string, unknown>();
      return async (request, forward) => {
        const found = await forward(request);
        if (!isPage(request, found)) return found;
        const before = last.get(queryOf(request).get("cursor") ?? "");
        const { items, next_cursor } = jsonOf(found).data;
        last.set(next_cursor, items.at(-1));
        return before ? edited(found, (json) => void json.data.items.unshift(before)) : found;
      };
    },
  },
  {
    id: "M187",
    breaks: "the first item after a cursor is lost",
    kills: ["PAGE-01"],
    also: ["PAGE-04"],
    make: editing(
      (request, found) => isPage(request, found) && queryOf(request).has("cursor"),
      (json) => void json.data.items.shift(),
    ),
  },
  {
    id: "M188",
    breaks: "there are always more",
    kills: ["PAGE-01"],
    make: editing(isPage, (json) => void (json.data.has_more = true)),
  },
  {
    id: "M189",
    breaks: "pages are ordered by amount",
    kills: ["PAGE-01"],
    also: ["PAGE-04"],
    make: editing(isPage, (json) => void json.data.items.sort((a: Loose, b: Loose) => (a.amount < b.amount ? 1 : -1))),
  },
  {
    id: "M93",
    breaks: "limit=-1 gives everything",
    kills: ["PAGE-02"],
    make: asking(
      (request) => limitOf(request) === "-1",
      (request) => withQuery(request, { limit: null }),
    ),
  },
  {
    id: "M190",
    breaks: "a limit that is no number breaks the server",
    kills: ["PAGE-02"],
    make: () => async (request, forward) => (limitOf(request) === "ten" ? refusal(500, "INTERNAL_ERROR") : await forward(request)),
  },
  {
    id: "M191",
    breaks: "limits above 100 are cut silently",
    kills: ["PAGE-02"],
    make: asking(
      (request) => Number(limitOf(request)) > 100,
      (request) => withQuery(request, { limit: "100" }),
    ),
  },
  {
    id: "M123",
    breaks: "a list of nothing is null",
    kills: ["PAGE-03"],
    also: ["ENV-10", "VERS-04"],
    make: editing(
      (request, found) => transactions(request) && jsonOf(found as Answered)?.data?.items?.length === 0,
      (json) => void (json.data.items = null),
    ),
  },
  {
    id: "M192",
    breaks: "a list of nothing is not found",
    kills: ["PAGE-03"],
    also: ["ENV-10"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      const isEmpty = transactions(request) && jsonOf(found)?.data?.items?.length === 0 && queryOf(request).has("user_id");
      return isEmpty ? refusal(404, "USER_NOT_FOUND") : found;
    },
  },
  {
    id: "M193",
    breaks: "a cursor that nobody gave begins anew",
    kills: ["PAGE-03"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      return codeOf(found) === "INVALID_CURSOR" ? await forward(withQuery(request, { cursor: null })) : found;
    },
  },
  {
    id: "M194",
    breaks: "a filter that cannot be read is left out",
    kills: ["PAGE-03"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      return transactions(request) && found.status === 400 && queryOf(request).has("created_after")
        ? await forward(withQuery(request, { created_after: null }))
        : found;
    },
  },
  {
    id: "M195",
    breaks: "a cursor is a number of items to leave out",
    kills: ["PAGE-04"],
    make: (): Handler => async (request, forward) => {
      const query = queryOf(request);
      const offset = /^offset-\d+$/.test(query.get("cursor") ?? "") ? Number(query.get("cursor")?.slice(7)) : 0;
      if (!transactions(request) || !query.has("user_id") || (query.has("cursor") && offset === 0)) return await forward(request);
      const found = await forward(withQuery(request, { cursor: null, limit: "100" }));
      const all = jsonOf(found)?.data?.items;
      if (!Array.isArray(all)) return found;
      const end = offset + Number(query.get("limit") ?? 20);
      const data = { items: all.slice(offset, end), has_more: end < all.length, next_cursor: end < all.length ? `offset-${end}` : null };
      return answer(200, { status: "success", data, message: "Listed transactions." });
    },
  },
  {
    id: "M196",
    breaks: "the filter by type is not applied",
    kills: ["PAGE-05"],
    make: asking(
      (request) => transactions(request) && queryOf(request).get("type") === "mint",
      (request) => withQuery(request, { type: null }),
    ),
  },
  {
    id: "M197",
    breaks: "a user's transactions are those that they send",
    kills: ["PAGE-05"],
    make: editing(
      (request, found) => transactions(request) && found?.status === 200 && queryOf(request).has("user_id"),
      (json, request) => {
        const user = queryOf(request).get("user_id");
        json.data.items = json.data.items.filter(({ from }: Loose) => from === null || from.user_id === user);
      },
    ),
  },
  {
    id: "M280",
    breaks: "awards are not filtered by their sponsor",
    kills: ["PAGE-06"],
    make: asking(
      (request) => at("GET /awards")(request) && queryOf(request).has("sponsor_id"),
      (request) => withQuery(request, { sponsor_id: null }),
    ),
  },
  {
    id: "M281",
    breaks: "a sponsor's awards are listed in every state",
    kills: ["PAGE-06"],
    make: asking(
      (request) => at("GET /awards")(request) && queryOf(request).has("sponsor_id"),
      (request) => withQuery(request, { status: null }),
    ),
  },
  {
    id: "M282",
    breaks: "users are not filtered by state",
    kills: ["PAGE-06"],
    make: asking(
      (request) => at("GET /users")(request) && queryOf(request).has("status"),
      (request) => withQuery(request, { status: null }),
    ),
  },
];
