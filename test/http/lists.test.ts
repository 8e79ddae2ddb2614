/** Pages, newest first, that partition a list while it grows; and its filters. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, newKey, newUser, person, refusal, rich, type World, world } from "../support/client.ts";

let here: World;
let api: Api;
beforeAll(async () => {
  here = await world();
  api = here.api;
});
afterAll(() => here.sandbox.close());

interface Page {
  readonly items: { readonly id: string }[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

const page = async (path: string): Promise<Page> => (await api.get(path).expect(200)).body.data;
const with_ = (path: string, name: string, value: unknown) =>
  `${path}${path.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(String(value))}`;

/** Every id of a list, page by page; `between` runs after each page. */
async function walk(path: string, limit: number, between: () => Promise<unknown> = async () => {}): Promise<string[]> {
  const ids: string[] = [];
  for (let next = with_(path, "limit", limit); ; ) {
    const { items, has_more, next_cursor } = await page(next);
    expect(items.length).toBeLessThanOrEqual(limit);
    expect([has_more, next_cursor !== null, items.length === limit || !has_more]).toEqual([has_more, has_more, true]);
    ids.push(...items.map(({ id }) => id));
    if (next_cursor === null) return ids;
    await between();
    next = with_(with_(path, "limit", limit), "cursor", next_cursor);
  }
}

const LISTS: [path: string, insert: () => Promise<unknown>][] = [
  ["/users", () => newUser(api)],
  ["/tokens/transactions", async () => rich(api, "1")],
  ["/events", () => newUser(api)],
  ["/api-keys", () => newKey(api, ["users:read"])],
];

describe.each(LISTS)("GET %s", (path, insert) => {
  beforeAll(async () => {
    for (let i = 0; i < 22; i++) await insert();
  });

  it("is newest first: the order of creation, turned round", async () => {
    const before = await walk(path, 100);
    await insert();
    const after = await walk(path, 100);
    expect(after.slice(-before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
  });

  it("has 20 to a page unless told otherwise, and at most 100", async () => {
    expect((await page(path)).items).toHaveLength(20);
    expect((await page(with_(path, "limit", 1))).items).toHaveLength(1);
    await page(with_(path, "limit", 100));
  });

  it.each(["0", "101", "-1", "1.5", "1.0", "1e1", "0x10", "05", " 5", "+5", "ten", "", "9007199254740993"])(
    "limit=%s is VALIDATION_FAILED",
    async (limit) => {
      await api.get(with_(path, "limit", limit)).expect(refusal("VALIDATION_FAILED", { param: "limit" }));
    },
  );

  it("limit twice is VALIDATION_FAILED", async () => {
    await api.get(`${path}?limit=1&limit=2`).expect(refusal("VALIDATION_FAILED"));
  });

  it("takes no cursor but its own", async () => {
    const other = path === "/users" ? "/events" : "/users";
    const { next_cursor: foreign } = await page(with_(other, "limit", 1));
    const { next_cursor: own } = await page(with_(path, "limit", 1));
    const newest = (await page(with_(path, "limit", 1))).items[0]?.id;
    for (const cursor of [
      "",
      "x",
      "%",
      newest,
      foreign,
      `${own}=`,
      `${own}A`,
      own?.slice(0, -1),
      "W10",
      "bnVsbA",
      Buffer.from('["users","usr_x"]').toString("base64url"),
    ]) {
      await api.get(with_(path, "cursor", cursor)).expect(refusal("INVALID_CURSOR", { param: "cursor" }));
    }
  });

  it("is partitioned by its pages, whatever their size and whatever is inserted between them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ limit: fc.integer({ min: 1, max: 60 }), inserts: fc.nat({ max: 2 }) }), { minLength: 1, maxLength: 8 }),
        async (steps) => {
          const whole = await walk(path, 100);
          const seen: string[] = [];
          let cursor: string | null = null;
          for (let turn = 0; ; turn++) {
            const { limit, inserts } = steps[turn % steps.length] as (typeof steps)[number];
            const sized = with_(path, "limit", limit);
            const { items, next_cursor } = await page(cursor === null ? sized : with_(sized, "cursor", cursor));
            seen.push(...items.map(({ id }) => id));
            if (next_cursor === null) break;
            cursor = next_cursor;
            if (turn < 3) for (let i = 0; i < inserts; i++) await insert();
          }
          expect(seen).toEqual(whole);
        },
      ),
      { numRuns: 6, seed: 8 },
    );
  }, 60_000);
});

describe("filters of users", () => {
  it("compare the whole value, and combine", async () => {
    const sponsor = await newUser(api, { roles: ["sponsor"], external_id: "one-of-a-kind" });
    const found = async (query: string) => (await page(`/users?${query}`)).items.map(({ id }) => id);
    expect(await found(`email=${sponsor.email.toUpperCase()}`)).toEqual([sponsor.id]);
    expect(await found("external_id=one-of-a-kind")).toEqual([sponsor.id]);
    expect(await found("external_id=one-of-a")).toEqual([]);
    expect(await found(`wallet_address=${sponsor.wallet.address.toLowerCase()}`)).toEqual([sponsor.id]);
    expect(await found("role=sponsor")).toEqual([sponsor.id]);
    expect(await found(`role=sponsor&email=${sponsor.email}&external_id=one-of-a-kind`)).toEqual([sponsor.id]);
    expect(await found(`role=earner&email=${sponsor.email}`)).toEqual([]);
    expect(await found("email=nobody@example.com")).toEqual([]);
    await api.patch(`/users/${sponsor.id}`, { status: "suspended" }).expect(200);
    expect(await found("status=suspended")).toEqual([sponsor.id]);
    expect(await found("status=active&role=sponsor")).toEqual([]);
    expect(await found(`wallet_address=0x${"12".repeat(20)}`)).toEqual([]);
  });

  it.each([
    "email=nobody",
    "email=",
    "external_id=",
    "role=king",
    "role=",
    "status=gone",
    "wallet_address=0x1",
    "wallet_address=",
    `external_id=${"a".repeat(129)}`,
  ])("%s is VALIDATION_FAILED", async (query) => {
    await api.get(`/users?${query}`).expect(refusal("VALIDATION_FAILED"));
  });

  it("hold for every page", async () => {
    for (let i = 0; i < 5; i++) await newUser(api, { roles: ["sponsor", "earner"] });
    const whole = await walk("/users?role=sponsor", 100);
    expect(whole.length).toBeGreaterThanOrEqual(5);
    expect(await walk("/users?role=sponsor", 2, () => newUser(api, { roles: ["sponsor"] }))).toEqual(whole);
  });

  it("list deleted users too", async () => {
    const { body } = await api.post("/users", person()).expect(201);
    await api.delete(`/users/${body.data.id}`).expect(204);
    const deleted = [expect.objectContaining({ id: body.data.id, status: "deleted" })];
    expect((await page("/users?limit=1")).items).toEqual(deleted);
    expect((await page("/users?status=deleted")).items).toEqual(deleted);
  });
});

describe("filters of transactions", () => {
  it("by user, type, status and time", async () => {
    const [ada, bob] = [await rich(api, "9"), await newUser(api)];
    const { body: transfer } = await api.post("/tokens/transfer", { from_user_id: ada.id, to_user_id: bob.id, amount: "2" }).expect(201);
    const { body: burn } = await api.post("/tokens/burn", { user_id: bob.id, amount: "1" }).expect(201);
    const found = async (query: string) => (await page(`/tokens/transactions?${query}`)).items.map(({ id }) => id);
    expect(await found(`user_id=${bob.id}`)).toEqual([burn.data.id, transfer.data.id]);
    expect(await found(`user_id=${ada.id}&type=transfer`)).toEqual([transfer.data.id]);
    expect(await found(`user_id=${bob.id}&status=pending`)).toEqual([]);
    expect(await found(`user_id=${bob.id}&status=confirmed&type=burn`)).toEqual([burn.data.id]);
    expect(await found("user_id=usr_01M1E4VNE00C1Z66Z2XVGNZH9K")).toEqual([]);
  });

  it("times are exclusive", async () => {
    await here.sandbox.clock.freeze();
    const user = await newUser(api);
    const times: string[] = [];
    for (let i = 0; i < 3; i++) {
      await here.sandbox.clock.advance(1000);
      times.push((await api.post("/tokens/mint", { user_id: user.id, amount: "1" })).body.data.created_at);
    }
    const count = async (query: string) => (await page(`/tokens/transactions?user_id=${user.id}&${query}`)).items.length;
    expect(await count(`created_after=${times[0]}`)).toBe(2);
    expect(await count(`created_before=${times[2]}`)).toBe(2);
    expect(await count(`created_after=${times[0]}&created_before=${times[2]}`)).toBe(1);
    expect((await page(`/events?created_after=${times[1]}`)).items).toHaveLength(2);
    await here.sandbox.clock.run();
  });

  it.each(["user_id=nobody", "type=gift", "status=done", "created_after=yesterday", "created_before=2026-01-01"])(
    "%s is VALIDATION_FAILED",
    async (query) => {
      await api.get(`/tokens/transactions?${query}`).expect(refusal("VALIDATION_FAILED"));
    },
  );
});

it("events by type", async () => {
  const user = await newUser(api);
  await api.patch(`/users/${user.id}`, { locale: "en" }).expect(200);
  const { items } = (await page("/events?type=user.updated&limit=1")) as { items: unknown[] };
  expect(items).toEqual([expect.objectContaining({ type: "user.updated", data: expect.objectContaining({ id: user.id }) })]);
  await api.get("/events?type=user.exploded").expect(refusal("VALIDATION_FAILED"));
});
