import { applied, awardsIn, itemsOf, newBadge, newSponsor } from "../kit/badges.ts";
import type { Check, Group } from "../kit/check.ts";
import type { Exchange } from "../kit/exchange.ts";
import { unknownId } from "../kit/ids.ts";
import { SetupFailed } from "../kit/outcomes.ts";
import type { MadeUser } from "../kit/people.ts";
import type { Probe } from "../kit/probe.ts";

/** Lists: pages that partition a set. */

const BAD_QUERY = { status: [400, 422], codes: /VALIDATION|INVALID|PARAMETER|CURSOR/ } as const;

const checks: readonly Check[] = [
  {
    id: "PAGE-01",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Pages partition the set: no gap, no duplicate, newest first, the same order each time, the last page marked.",
    hint: "Order by creation and insertion; fetch one more than the limit to know whether there are more.",
    requests: 20,
    async run(t) {
      const user = await t.user();
      const made = await minted(t, user, 7);
      for (const limit of [3, 1, 7]) {
        const pages = await walk(t, { user_id: user.id, limit: String(limit) });
        const ids = pages.flatMap(itemsOf).map(({ id }) => id);
        const last = pages.at(-1) as Exchange;
        t.expect.equal(ids, made.toReversed(), `pages of ${limit} have each transaction once, newest first`, {
          exchange: last,
          pointer: "/data/items",
        });
        t.expect.equal(pages.length, Math.ceil(7 / limit), `seven transactions are ${Math.ceil(7 / limit)} pages of ${limit}`, {
          exchange: last,
        });
        for (const exchange of pages) {
          const { has_more, next_cursor } = exchange.data;
          t.expect.that(itemsOf(exchange).length <= limit, `a page has more than ${limit} items`, { exchange, pointer: "/data/items" });
          t.expect.equal(has_more, exchange !== last, "has_more says whether there are more", { exchange, pointer: "/data/has_more" });
          t.expect.equal(next_cursor === null, exchange === last, "the last page alone has no cursor", {
            exchange,
            pointer: "/data/next_cursor",
          });
        }
      }
    },
  },
  {
    id: "PAGE-02",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "limit is 1 to 100; anything else is refused, on every list, without a 5xx.",
    hint: "Refuse rather than clamp; negative numbers must never reach the database.",
    requests: 34,
    async run(t) {
      const lists = listsOf(t);
      for (const operationId of lists) {
        const bad = operationId === lists[0] ? ["0", "-1", "101", "1000000000000", "ten", "1.5", "", "1e1", "0x1"] : ["0", "-1"];
        for (const limit of bad) {
          const exchange = await t.call(operationId, { query: { limit } });
          t.expect.refused(exchange, BAD_QUERY, `${operationId} with limit=${limit}`);
        }
        const good = await t.call(operationId, { query: { limit: "1" } });
        t.expect.ok(good, `${operationId} with limit=1`);
        t.expect.that(itemsOf(good).length <= 1, `${operationId} with limit=1 has more than one item`, {
          exchange: good,
          pointer: "/data/items",
        });
      }
      t.expect.ok(await t.call(lists[0] as string, { query: { limit: "100" } }), "limit=100");
    },
  },
  {
    id: "PAGE-03",
    level: "MUST",
    provenance: "O",
    mode: "r",
    requirement: "An invalid cursor or filter is refused with 400; what matches nothing is an empty list, never null and never 404.",
    hint: "INVALID_CURSOR for what this list did not give; a filter that names an unknown id gives [].",
    requests: 20,
    async run(t) {
      for (const operationId of listsOf(t)) {
        for (const cursor of [t.random.word(20), "bm90LWEtY3Vyc29y"]) {
          const exchange = await t.call(operationId, { query: { cursor } });
          t.expect.refused(exchange, BAD_QUERY, `${operationId} with a cursor that nobody gave`);
        }
      }
      const filters = { type: "gift", status: "lost", created_after: "yesterday" };
      for (const [name, value] of Object.entries(filters)) {
        const exchange = await t.call("listTokenTransactions", { query: { [name]: value } });
        t.expect.refused(exchange, BAD_QUERY, `transactions with ${name}=${value}`);
      }
      const nothing = await t.call("listTokenTransactions", { query: { user_id: unknownId(t.random, "user_id") } });
      t.expect.ok(nothing, "transactions of a user who does not exist");
      t.expect.equal(nothing.data.items, [], "are an empty list", { exchange: nothing, pointer: "/data/items" });
      t.expect.equal(nothing.data.has_more, false, "without more", { exchange: nothing, pointer: "/data/has_more" });
    },
  },
  {
    id: "PAGE-04",
    level: "SHOULD",
    provenance: "O",
    mode: "w",
    requirement: "What is added while somebody pages neither repeats nor hides older items.",
    hint: "A cursor names the last item given; an offset moves.",
    requests: 14,
    async run(t) {
      const user = await t.user();
      const before = await minted(t, user, 5);
      let added = 0;
      const pages = await walk(t, { user_id: user.id, limit: "2" }, async () => void (added += (await minted(t, user, 1)).length));
      t.expect.that(added > 0, "nothing was added while paging");
      const ids = pages.flatMap(itemsOf).map(({ id }) => id);
      const older = ids.filter((id) => before.includes(id));
      t.expect.equal(older, before.toReversed(), "each older transaction is there once", {
        exchange: pages.at(-1),
        pointer: "/data/items",
      });
    },
  },
  {
    id: "PAGE-05",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Filters narrow exactly, and combine.",
    hint: "A filter that is not applied leaks, one that is applied after paging loses.",
    requests: 12,
    async run(t) {
      const [user, other] = [await t.user(), await t.user()];
      const mints = await minted(t, user, 3);
      const transfer = await t.call("transferTokens", { json: { from_user_id: user.id, to_user_id: other.id, amount: "1" } });
      if (transfer.status >= 300) throw new SetupFailed("tokens could not be transferred", transfer);
      await t.confirmed(transfer);
      const sent = String(transfer.data.id);
      for (const [what, query, expected] of [
        ["of the sender", { user_id: user.id }, [sent, ...mints.toReversed()]],
        ["of the receiver", { user_id: other.id }, [sent]],
        ["minted for the sender", { user_id: user.id, type: "mint" }, mints.toReversed()],
        ["minted for the receiver", { user_id: other.id, type: "mint" }, []],
        ["that failed", { user_id: user.id, status: "failed" }, []],
      ] as const) {
        const list = await t.eventually(
          () => t.call("listTokenTransactions", { query, fresh: true }),
          (found) => itemsOf(found).length === expected.length,
        );
        const ids = itemsOf(list).map(({ id }) => id);
        t.expect.equal(ids, expected, `transactions ${what}`, { exchange: list, pointer: "/data/items" });
      }
    },
  },
  {
    id: "PAGE-06",
    level: "MUST",
    provenance: "O",
    mode: "w",
    needs: ["badges_flow"],
    requirement: "Awards are listed by sponsor and state, which is a sponsor's review queue; users by state.",
    hint: "An award is its badge's sponsor's. Apply each filter, and all of them together.",
    requests: 19,
    async run(t) {
      const [sponsor, user] = [await newSponsor(t), await t.user()];
      const waiting = await applied(t, await newBadge(t, {}, sponsor), user);
      const rejected = await applied(t, await newBadge(t, {}, sponsor), user, ["reject"]);
      await applied(t, await newBadge(t), user);
      for (const [what, query, expected] of [
        ["of the sponsor", { sponsor_id: sponsor.id }, [rejected, waiting]],
        ["that the sponsor has to review", { sponsor_id: sponsor.id, status: "applied" }, [waiting]],
        ["of a sponsor who has none", { sponsor_id: user.id }, []],
      ] as const) {
        const list = await t.eventually(
          () => awardsIn(t, query),
          (found) => itemsOf(found).length === expected.length,
        );
        const ids = itemsOf(list).map(({ id }) => id);
        t.expect.equal(
          ids,
          expected.map(({ id }) => id),
          `awards ${what}`,
          { exchange: list, pointer: "/data/items" },
        );
      }
      const suspended = await t.call("updateUser", { params: { user_id: user.id }, json: { status: "suspended" } });
      t.expect.ok(suspended, "suspending a user");
      for (const status of ["suspended", "active"]) {
        const query = { status, email: String(user.email) };
        const list = await t.eventually(
          () => t.call("listUsers", { query, fresh: true }),
          (found) => (itemsOf(found).length === 1) === (status === "suspended"),
        );
        const ids = itemsOf(list).map(({ id }) => id);
        t.expect.equal(ids, status === "suspended" ? [user.id] : [], `users who are ${status}`, { exchange: list, pointer: "/data/items" });
      }
    },
  },
];

export const page: Group = { name: "PAGE", title: "Lists", checks };

/** Lists with pages that need no id. */
function listsOf(t: Probe): readonly string[] {
  const lists = t.operations(({ method, path, query }) => method === "GET" && !path.includes("{") && query.includes("cursor"));
  return lists.map(({ id }) => id);
}

/** Ids of so many mints for a user, oldest first. */
async function minted(t: Probe, user: MadeUser, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const exchange = await t.call("mintTokens", { json: { user_id: user.id, amount: t.random.amount(1, 9) } });
    if (exchange.status >= 300) throw new SetupFailed("tokens are needed first, and could not be minted", exchange);
    await t.confirmed(exchange);
    ids.push(String(exchange.data.id));
  }
  await t.settled();
  return ids;
}

/** All pages of the user's transactions. */
async function walk(t: Probe, query: Readonly<Record<string, string>>, between = async () => {}): Promise<readonly Exchange[]> {
  const pages: Exchange[] = [];
  for (let cursor: unknown = ""; typeof cursor === "string" && pages.length < 12; ) {
    const exchange = await t.call("listTokenTransactions", { query: { ...query, ...(cursor === "" ? {} : { cursor }) } });
    t.expect.ok(exchange, `page ${pages.length + 1}`);
    pages.push(exchange);
    cursor = exchange.data.next_cursor;
    if (typeof cursor === "string") await between();
  }
  return pages;
}
