/** Merge patches (RFC 7396): what is sent changes, null restores, the rest stays. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUser, refusal, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const full = {
  type: "organization",
  roles: ["sponsor", "earner"],
  locale: "en-GB",
  organization: { name: "Engines", website: "https://engines.example", audience: "educators" },
  metadata: { a: "1", b: "2" },
};
let serial = 0;
const makeFull = () => newUser(here.api, { ...full, external_id: `full-${++serial}` });
const changed = async (id: string, patch: unknown) => (await here.api.patch(`/users/${id}`, patch).expect(200)).body.data;

describe.each(["application/merge-patch+json", "application/json"])("as %s", (type) => {
  it("changes the members sent and no others", async () => {
    const user = await makeFull();
    const { body } = await here.api
      .patch(`/users/${user.id}`)
      .type(type)
      .send(JSON.stringify({ display_name: "New" }))
      .expect(200);
    expect(body.data).toEqual({ ...user, display_name: "New", updated_at: body.data.updated_at });
    expect(Date.parse(body.data.updated_at)).toBeGreaterThanOrEqual(Date.parse(user.updated_at));
  });
});

describe("null", () => {
  it.each<[string, unknown]>([
    ["external_id", null],
    ["type", "individual"],
    ["roles", ["earner"]],
    ["organization", null],
    ["locale", null],
    ["metadata", {}],
  ])("restores the default of %s: %j", async (member, initial) => {
    const user = await makeFull();
    const after = await changed(user.id, { [member]: null });
    expect(after).toEqual({ ...user, [member]: initial, updated_at: after.updated_at });
  });

  it("restores the status active, and the managed wallet", async () => {
    const user = await newUser(here.api);
    await changed(user.id, { status: "suspended", wallet_address: `0x${"ab".repeat(20)}` });
    const after = await changed(user.id, { status: null, wallet_address: null });
    expect([after.status, after.wallet]).toEqual(["active", user.wallet]);
  });

  it.each(["email", "display_name"])("is refused for %s, which has no default", async (member) => {
    const user = await makeFull();
    await here.api.patch(`/users/${user.id}`, { [member]: null }).expect(refusal("VALIDATION_FAILED", { param: member }));
  });

  it("removes one label, or one that is not there", async () => {
    const user = await makeFull();
    expect((await changed(user.id, { metadata: { a: null, c: "3", nothing: null } })).metadata).toEqual({ b: "2", c: "3" });
  });
});

describe("an object in an object", () => {
  it("is merged", async () => {
    const user = await makeFull();
    expect((await changed(user.id, { organization: { audience: "parents" } })).organization).toEqual({
      ...full.organization,
      audience: "parents",
    });
  });

  it("must be whole afterwards", async () => {
    const user = await newUser(here.api);
    await here.api.patch(`/users/${user.id}`, { organization: { name: "Half" } }).expect(refusal("VALIDATION_FAILED"));
    await here.api.patch(`/users/${user.id}`, { organization: { name: null } }).expect(refusal("VALIDATION_FAILED"));
    expect((await changed(user.id, { organization: full.organization })).organization).toEqual(full.organization);
  });

  it("has at most fifty labels afterwards", async () => {
    const labels = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, index) => [`l${from + index}`, "x"]));
    const user = await newUser(here.api, { metadata: labels(0, 50) });
    await here.api.patch(`/users/${user.id}`, { metadata: { more: "x" } }).expect(refusal("VALIDATION_FAILED", { param: "metadata" }));
    const swapped = await changed(user.id, { metadata: { l0: null, more: "x" } });
    expect(Object.keys(swapped.metadata)).toHaveLength(50);
  });
});

it("an array is replaced whole", async () => {
  const user = await makeFull();
  expect((await changed(user.id, { roles: ["sponsor"] })).roles).toEqual(["sponsor"]);
});

it.each(["id", "object", "created_at", "updated_at", "wallet", "balance"])("%s is the server's own", async (member) => {
  const user = await newUser(here.api);
  await here.api.patch(`/users/${user.id}`, { [member]: user[member] ?? "x" }).expect(refusal("UNKNOWN_PARAMETER", { param: member }));
});

it("a patch that changes nothing is 200, sends no event and keeps updated_at", async () => {
  const user = await makeFull();
  const last = async () => (await here.api.get("/events?limit=1")).body.data.items[0].id;
  const before = await last();
  for (const patch of [
    undefined,
    {},
    { display_name: user.display_name },
    { ...full },
    { metadata: { nothing: null } },
    { wallet_address: null },
  ]) {
    expect((await here.api.patch(`/users/${user.id}`, patch).expect(200)).body.data).toEqual(user);
  }
  expect(await last()).toBe(before);
  await here.api.patch(`/users/${user.id}`, { locale: "fr" }).expect(200);
  expect(await last()).not.toBe(before);
});
