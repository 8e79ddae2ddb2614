/** Users. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUser, person, refusal, rich, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const eventsOf = async (id: string) => {
  const { body } = await here.api.get("/events?limit=100").expect(200);
  return body.data.items.filter(({ data }: { data: { id: string } }) => data.id === id).map(({ type }: { type: string }) => type);
};

describe("POST /users", () => {
  it("needs an e-mail address and a name; the rest has defaults", async () => {
    const { body } = await here.api.post("/users", { email: "Ada@Example.com", display_name: "Ada Lovelace" }).expect(201);
    const { id, wallet, created_at } = body.data;
    expect(body.data).toEqual({
      id,
      object: "user",
      external_id: null,
      email: "ada@example.com",
      display_name: "Ada Lovelace",
      type: "individual",
      roles: ["earner"],
      status: "active",
      wallet: { address: wallet.address, account: `eip155:31337:${wallet.address}`, chain_id: 31337, custody: "managed" },
      organization: null,
      locale: null,
      metadata: {},
      created_at,
      updated_at: created_at,
    });
    expect(await eventsOf(id)).toEqual(["user.created"]);
  });

  it("keeps every member that is sent", async () => {
    const sent = person({
      type: "organization",
      roles: ["sponsor"],
      external_id: "org-1",
      organization: { name: "Engines", website: "https://engines.example/a?b=c", audience: "educators" },
      locale: "de-AT",
      metadata: { cohort: "autumn" },
    });
    expect((await here.api.post("/users", sent).expect(201)).body.data).toMatchObject(sent);
  });

  it("writes nothing on the chain", async () => {
    const before = here.sandbox.info().chain.block_number;
    await newUser(here.api);
    expect(here.sandbox.info().chain.block_number).toBe(before);
  });

  it.each(["email", "external_id", "wallet_address"])("a %s belongs to one user", async (member) => {
    const CODES: Record<string, string> = {
      email: "EMAIL_ALREADY_EXISTS",
      external_id: "EXTERNAL_ID_ALREADY_EXISTS",
      wallet_address: "WALLET_ALREADY_LINKED",
    };
    const values: Record<string, string> = { email: "taken@example.com", external_id: "taken", wallet_address: `0x${"1a".repeat(20)}` };
    const [first, other] = [await newUser(here.api, { [member]: values[member] }), await newUser(here.api)];
    const refused = refusal(CODES[member] as string, { param: member });
    await here.api.post("/users", person({ [member]: values[member] })).expect(refused);
    await here.api.patch(`/users/${other.id}`, { [member]: values[member] }).expect(refused);
    await here.api.patch(`/users/${first.id}`, { [member]: values[member] }).expect(200);
    expect(await eventsOf(other.id)).toEqual(["user.created"]);
  });
});

describe("a suspended user", () => {
  it("is named by no write, can be read and changed, and comes back", async () => {
    const [user, other] = [await rich(here.api, "5"), await rich(here.api, "5")];
    await here.api.patch(`/users/${user.id}`, { status: "suspended" }).expect(200);
    const refused = refusal("USER_SUSPENDED");
    await here.api.post("/tokens/mint", { user_id: user.id, amount: "1" }).expect(refused);
    await here.api.post("/tokens/burn", { user_id: user.id, amount: "1" }).expect(refused);
    await here.api.post("/tokens/transfer", { from_user_id: user.id, to_user_id: other.id, amount: "1" }).expect(refused);
    await here.api.post("/tokens/transfer", { from_user_id: other.id, to_user_id: user.id, amount: "1" }).expect(refused);
    expect((await here.api.get(`/users/${user.id}/balance`).expect(200)).body.data.balance).toBe("5");
    await here.api.patch(`/users/${user.id}`, { display_name: "Still here" }).expect(200);
    await here.api.patch(`/users/${user.id}`, { status: "active" }).expect(200);
    await here.api.post("/tokens/transfer", { from_user_id: user.id, to_user_id: other.id, amount: "1" }).expect(201);
  });

  it("is not deleted by PATCH", async () => {
    const user = await newUser(here.api);
    await here.api.patch(`/users/${user.id}`, { status: "deleted" }).expect(refusal("VALIDATION_FAILED", { param: "status" }));
  });
});

describe("DELETE /users/{user_id}", () => {
  it("leaves a tombstone without personal data", async () => {
    const user = await rich(here.api, "3", { external_id: "gone", locale: "en", metadata: { a: "b" } });
    const { text } = await here.api.delete(`/users/${user.id}`).expect(204);
    expect(text).toBe("");
    const { body } = await here.api.get(`/users/${user.id}`).expect(200);
    const erased = { external_id: null, email: null, display_name: null, organization: null, locale: null, metadata: {} };
    expect(body.data).toEqual({ ...user, ...erased, status: "deleted", updated_at: body.data.updated_at });
    expect((await here.api.get(`/users/${user.id}/balance`).expect(200)).body.data.balance).toBe("3");
    expect((await here.api.get(`/tokens/transactions?user_id=${user.id}`)).body.data.items).toHaveLength(1);
  });

  it("scrubs the events of before", async () => {
    const user = await newUser(here.api);
    await here.api.patch(`/users/${user.id}`, { display_name: "Second name" }).expect(200);
    await here.api.delete(`/users/${user.id}`).expect(204);
    expect(await eventsOf(user.id)).toEqual(["user.deleted", "user.updated", "user.created"]);
    const { text } = await here.api.get("/events?limit=100").expect(200);
    for (const erased of [user.email, user.display_name, "Second name"]) expect(text).not.toContain(erased);
  });

  it("forgets the kept answers that name the user", async () => {
    const [user, other] = [person(), await newUser(here.api)];
    const create = () => here.api.post("/users", user).set("Idempotency-Key", "scrub-create");
    const { id } = (await create().expect(201)).body.data;
    const body = { user_id: id, amount: "2" };
    await here.api.post("/tokens/mint", body).set("Idempotency-Key", "scrub-mint").expect(201);
    const gift = { from_user_id: id, to_user_id: other.id, amount: "1" };
    await here.api.post("/tokens/transfer", gift).set("Idempotency-Key", "scrub-gift").expect(201);
    await here.api.delete(`/users/${id}`).expect(204);
    await here.api.post("/tokens/mint", body).set("Idempotency-Key", "scrub-mint").expect(refusal("USER_DELETED"));
    await here.api.post("/tokens/transfer", gift).set("Idempotency-Key", "scrub-gift").expect(refusal("USER_DELETED"));
    expect((await create().expect(201)).body.data.id).not.toBe(id);
  });

  it("is final", async () => {
    const user = await newUser(here.api);
    await here.api.delete(`/users/${user.id}`).expect(204);
    const refused = refusal("USER_DELETED");
    await here.api.delete(`/users/${user.id}`).expect(refused);
    await here.api.patch(`/users/${user.id}`, { status: "active" }).expect(refused);
    await here.api.post("/tokens/mint", { user_id: user.id, amount: "1" }).expect(refused);
  });

  it("frees e-mail address, external id and the user's own wallet for someone new", async () => {
    const members = { email: "again@example.com", external_id: "again", wallet_address: `0x${"2b".repeat(20)}` };
    const first = await newUser(here.api, members);
    await here.api.delete(`/users/${first.id}`).expect(204);
    const second = await newUser(here.api, members);
    expect(second.wallet).toEqual(first.wallet);
    expect((await here.api.get("/users?email=again@example.com")).body.data.items.map(({ id }: { id: string }) => id)).toEqual([second.id]);
    const { body } = await here.api.post("/tokens/mint", { user_id: second.id, amount: "1" }).expect(201);
    expect(body.data.to.user_id).toBe(second.id);
  });

  it("does not free a managed wallet", async () => {
    const user = await newUser(here.api);
    await here.api.delete(`/users/${user.id}`).expect(204);
    await here.api.post("/users", person({ wallet_address: user.wallet.address })).expect(refusal("WALLET_ALREADY_LINKED"));
  });
});

it("an e-mail address appears in users and their events only", async () => {
  const user = await rich(here.api, "2", { email: "only.here@example.com" });
  const other = await newUser(here.api);
  const { text } = await here.api.post("/tokens/transfer", { from_user_id: user.id, to_user_id: other.id, amount: "1" }).expect(201);
  const list = await here.api.get("/tokens/transactions?limit=100");
  const balance = await here.api.get(`/users/${user.id}/balance`);
  const conflict = await here.api.post("/users", person({ email: user.email })).expect(409);
  for (const seen of [text, list.text, balance.text, conflict.text]) expect(seen).not.toContain("only.here");
});
