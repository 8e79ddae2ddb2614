/** How values are written. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUser, person, refusal, rich, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const balance = async (id: string) => (await here.api.get(`/users/${id}/balance`).expect(200)).body.data.balance;

describe("amounts", () => {
  it.each([
    ["1", "1"],
    ["1.0", "1"],
    ["0.000000000000000001", "0.000000000000000001"],
    ["9007199254740.993", "9007199254740.993"],
    ["1.100000000000000000", "1.1"],
    ["12.345678901234567891", "12.345678901234567891"],
  ])("%s is kept exactly and answered as %s", async (sent, shown) => {
    const user = await newUser(here.api);
    const outcome = await here.api.post("/tokens/mint", { user_id: user.id, amount: sent });
    if (outcome.status === 422) return refusal("MAX_SUPPLY_EXCEEDED")(outcome); // more than may exist; its shape is right
    expect(outcome.body.data.amount).toBe(shown);
    expect(await balance(user.id)).toBe(shown);
  });

  it.each([
    1,
    1.5,
    "",
    "1.",
    ".5",
    "01",
    "-1",
    "+1",
    "1e3",
    " 1",
    "1 ",
    "1,5",
    "0x1",
    "١",
    "NaN",
    "Infinity",
    "1.0000000000000000001",
    "12345678901234",
    null,
    true,
    ["1"],
    {},
  ])("%j is refused by its shape", async (amount) => {
    await here.api.post("/tokens/mint", { user_id: "nobody", amount }).expect(refusal("VALIDATION_FAILED", { param: "amount" }));
  });

  it.each(["0", "0.0", "0.000000000000000000"])("%s has the right shape and is refused by a rule", async (amount) => {
    const user = await newUser(here.api);
    await here.api.post("/tokens/mint", { user_id: user.id, amount }).expect(refusal("INVALID_AMOUNT", { param: "amount" }));
  });

  it("move exactly at the eighteenth place", async () => {
    const [from, to] = [await rich(here.api, "1"), await newUser(here.api)];
    await here.api.post("/tokens/transfer", { from_user_id: from.id, to_user_id: to.id, amount: "0.000000000000000001" }).expect(201);
    expect([await balance(from.id), await balance(to.id)]).toEqual(["0.999999999999999999", "0.000000000000000001"]);
  });
});

describe("times", () => {
  const RFC3339_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

  it("are answered in UTC with milliseconds", async () => {
    const user = await newUser(here.api);
    const { body } = await here.api.post("/tokens/mint", { user_id: user.id, amount: "1" });
    for (const time of [user.created_at, user.updated_at, body.data.created_at, body.data.confirmed_at, body.data.chain.block_timestamp]) {
      expect(time).toMatch(RFC3339_MS);
    }
  });

  it.each([
    "2030-01-01",
    "2030-01-01T00:00:00",
    "2030-01-01T00:00:00+00:00",
    "2030-02-30T00:00:00Z",
    "2030-01-01T24:00:00Z",
    "2016-12-31T23:59:60Z",
    "1893456000",
    "tomorrow",
  ])("%s is refused", async (time) => {
    await here.api.post("/api-keys", { name: "x", scopes: ["users:read"], expires_at: time }).expect(refusal("VALIDATION_FAILED"));
    await here.api.get(`/events?created_after=${encodeURIComponent(time)}`).expect(refusal("VALIDATION_FAILED"));
  });

  it.each(["2130-01-01T00:00:00Z", "2130-01-01T00:00:00.5Z", "2130-01-01T00:00:00.123456789Z"])("%s is taken", async (time) => {
    const { body } = await here.api.post("/api-keys", { name: "x", scopes: ["users:read"], expires_at: time }).expect(201);
    expect(body.data.expires_at).toMatch(RFC3339_MS);
  });
});

describe("ids", () => {
  it.each([
    ["usr", async () => (await newUser(here.api)).id],
    ["txn", async () => (await here.api.post("/tokens/mint", { user_id: (await newUser(here.api)).id, amount: "1" })).body.data.id],
    ["evt", async () => (await here.api.get("/events?limit=1")).body.data.items[0].id],
    ["key", async () => (await here.api.get("/api-keys/current")).body.data.id],
    ["req", async () => (await here.api.get("/users")).headers["request-id"]],
  ])("%s_ and a ULID", async (prefix, made) => {
    expect(await made()).toMatch(new RegExp(`^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`));
  });
});

describe("addresses", () => {
  const CHECKED = "0x52908400098527886E0F7030069857D2E4169EE7";
  const MIXED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

  it("go in lower case or with a right checksum, and come out with it", async () => {
    const one = await newUser(here.api, { wallet_address: MIXED.toLowerCase() });
    expect(one.wallet).toEqual({ address: MIXED, account: `eip155:31337:${MIXED}`, chain_id: 31337, custody: "self" });
    const two = await newUser(here.api, { wallet_address: CHECKED });
    expect(two.wallet.address).toBe(CHECKED);
  });

  it("are refused with a wrong checksum: by a rule in a body, by its shape in a filter", async () => {
    const wrong = MIXED.replace("aA", "Aa");
    await here.api.post("/users", person({ wallet_address: wrong })).expect(refusal("INVALID_WALLET_ADDRESS", { param: "wallet_address" }));
    await here.api.get(`/users?wallet_address=${wrong}`).expect(refusal("VALIDATION_FAILED", { param: "wallet_address" }));
  });
});

describe("metadata", () => {
  const labels = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, "x"]));

  it.each<[string, Record<string, unknown>, boolean]>([
    ["50 keys", labels(50), true],
    ["51 keys", labels(51), false],
    ["a key of 40 characters", { ["💡".repeat(40)]: "x" }, true],
    ["a key of 41 characters", { ["a".repeat(41)]: "x" }, false],
    ["a value of 500 characters", { a: "💡".repeat(500) }, true],
    ["a value of 501 characters", { a: "a".repeat(501) }, false],
    ["a number", { a: 1 }, false],
    ["null", { a: null }, false],
    ["an empty key and value", { "": "" }, true],
    ["names of an object's own", { constructor: "x", toString: "y", hasOwnProperty: "z" }, true],
  ])("%s", async (_what, metadata, taken) => {
    const answer = await here.api.post("/users", person({ metadata }));
    expect(answer.status, answer.text).toBe(taken ? 201 : 400);
    if (taken) expect((await here.api.get(`/users/${answer.body.data.id}`)).body.data.metadata).toEqual(metadata);
  });

  it("__proto__ is a label like any other", async () => {
    const text = `{"email":"label@example.com","display_name":"L","metadata":{"__proto__":"x"}}`;
    const created = await here.api.post("/users").type("json").send(text).expect(201);
    const { text: found } = await here.api.get(`/users/${created.body.data.id}`).expect(200);
    expect(found).toContain('"metadata":{"__proto__":"x"}');
  });
});

describe("text", () => {
  it.each([
    "Зоя Космодемьянская",
    "山田 太郎",
    "مريم",
    "👩‍🚀 é ﬀ",
    "a\u0000b",
    "a\ud800b",
    "\u202Eevil",
    "<script>alert(1)</script>",
    "line\nbreak",
  ])("%j comes back as it was sent", async (name) => {
    const user = await newUser(here.api, { display_name: name });
    expect((await here.api.get(`/users/${user.id}`)).body.data.display_name).toBe(name);
  });

  it("an e-mail address is lower-cased", async () => {
    const user = await newUser(here.api, { email: "Grace.Hopper@Example.COM" });
    expect(user.email).toBe("grace.hopper@example.com");
    await here.api
      .post("/users", person({ email: "GRACE.hopper@example.com" }))
      .expect(refusal("EMAIL_ALREADY_EXISTS", { param: "email" }));
  });
});
