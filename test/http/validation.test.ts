/** What has the wrong shape is 400, and says where. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUser, person, refusal, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

describe("MALFORMED_JSON", () => {
  it.each(["{", '{"email":}', "{'email':1}", "{,}", "NaN", "undefined", '{"a":1,}', " ", '"\t"', "[1]]"])("%j", async (text) => {
    await here.api.post("/users").type("json").send(text).expect(refusal("MALFORMED_JSON"));
  });
});

describe("VALIDATION_FAILED", () => {
  it.each(["null", "[]", '"text"', "7", "true"])("of a body that is %s and no object", async (text) => {
    await here.api.post("/users").type("json").send(text).expect(refusal("VALIDATION_FAILED"));
    await here.api.patch("/users/nobody").type("json").send(text).expect(refusal("VALIDATION_FAILED"));
  });

  it("of a body that is missing, naming each member that must be there", async () => {
    const { body } = await here.api.post("/users").expect(refusal("VALIDATION_FAILED"));
    expect(body.error.details.map(({ path, code }: { path: string; code: string }) => [path, code])).toEqual([
      ["/email", "REQUIRED"],
      ["/display_name", "REQUIRED"],
    ]);
    expect(body.error.param).toBeNull();
  });

  it.each<[string, unknown, string]>([
    ["email", "not an address", "FORMAT"],
    ["email", `${"a".repeat(250)}@b.co`, "MAX_LENGTH"],
    ["display_name", "", "MIN_LENGTH"],
    ["display_name", "a".repeat(101), "MAX_LENGTH"],
    ["type", "robot", "ENUM"],
    ["roles", [], "MIN_ITEMS"],
    ["roles", ["earner", "earner"], "UNIQUE_ITEMS"],
    ["roles", "earner", "TYPE"],
    ["wallet_address", "0x12", "PATTERN"],
    ["external_id", "a".repeat(129), "MAX_LENGTH"],
    ["locale", "english please", "PATTERN"],
    ["metadata", [], "TYPE"],
  ])("of %s: %j is %s", async (member, value, code) => {
    const { body } = await here.api.post("/users", person({ [member]: value })).expect(refusal("VALIDATION_FAILED"));
    expect(body.error.details).toContainEqual(expect.objectContaining({ path: `/${member}`, code }));
  });

  it("of an item, by a JSON pointer", async () => {
    const { body } = await here.api
      .post("/users", person({ roles: ["earner", "king"] }))
      .expect(refusal("VALIDATION_FAILED", { param: "roles.1" }));
    expect(body.error.details).toEqual([expect.objectContaining({ path: "/roles/1", code: "ENUM" })]);
    expect(body.error.message).toMatch(/earner, sponsor/);
  });

  it("counts characters, not bytes or UTF-16 units", async () => {
    const { body } = await here.api.post("/users", person({ display_name: "💡".repeat(100) })).expect(201);
    expect(body.data.display_name).toBe("💡".repeat(100));
    await here.api.post("/users", person({ display_name: "💡".repeat(101) })).expect(refusal("VALIDATION_FAILED"));
  });

  it("shows at most twenty faults of a body full of them", async () => {
    const scopes = Array.from({ length: 150_000 }, (_, index) => index);
    const { body } = await here.api.post("/api-keys", { name: "x", scopes }).expect(refusal("VALIDATION_FAILED"));
    expect(body.error.details).toHaveLength(20);
  });
});

describe("UNKNOWN_PARAMETER", () => {
  it("says what was probably meant, unless that was sent too", async () => {
    const unknown = async (members: object) => (await here.api.post("/users", members).expect(refusal("UNKNOWN_PARAMETER"))).body.error;
    expect((await unknown({ ...person(), displayName: "Ada" })).message).toBe("displayName is not known here.");
    expect((await unknown({ emial: "ada@example.com" })).message).toBe("emial is not known here. Did you mean email?");
    const { body } = await here.api.get("/users?lmit=1").expect(refusal("UNKNOWN_PARAMETER"));
    expect(body.error.message).toBe("lmit is not known here. Did you mean limit?");
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a member", { colour: "red" }, "colour"],
    ["a member that only answers have", { id: "usr_1" }, "id"],
    ["a nested member", { organization: { name: "A", website: "https://a.example", audience: "all", motto: "x" } }, "organization.motto"],
    ["constructor", { constructor: {} }, "constructor"],
    ["toString", { toString: "x" }, "toString"],
    ["a name to be escaped", { "a/b~c": 1 }, "a~1b~0c"],
    ["a member in other letters", { Email: "a@b.co" }, "Email"],
  ])("%s", async (_what, members, param) => {
    await here.api.post("/users", person(members)).expect(refusal("UNKNOWN_PARAMETER", { param }));
  });

  it("__proto__, and it changes nothing", async () => {
    const text = `{"email":"proto@example.com","display_name":"P","__proto__":{"type":"organization"}}`;
    await here.api
      .post("/users")
      .type("json")
      .send(text)
      .expect(refusal("UNKNOWN_PARAMETER", { param: "__proto__" }));
    expect(({} as { type?: string }).type).toBeUndefined();
  });

  it("wins over every other fault, and each one is listed", async () => {
    const { body } = await here.api.post("/users", { email: 7, hue: 1, tone: 2 }).expect(refusal("UNKNOWN_PARAMETER"));
    expect(body.error.details.map(({ path }: { path: string }) => path).sort()).toEqual(["/hue", "/tone"]);
  });

  it.each([
    "/users?page=2",
    "/users?limit[]=1",
    "/users?Limit=1",
    "/users?__proto__=1",
    "/users/nobody?x=",
    "/health?x",
    "/tokens?user_id=1",
    "/docs?theme=dark",
  ])("in GET %s", async (path) => {
    await here.api.get(path).expect(refusal("UNKNOWN_PARAMETER"));
  });

  it("in the query of a write", async () => {
    await here.api.post("/users?dry_run=true", person()).expect(refusal("UNKNOWN_PARAMETER", { param: "dry_run" }));
    await here.api.delete("/users/nobody?force=true").expect(refusal("UNKNOWN_PARAMETER", { param: "force" }));
  });
});

describe("null in a create", () => {
  it("is as if it were left out, where the answer may show null", async () => {
    const { body } = await here.api.post("/users", person({ external_id: null, organization: null, locale: null })).expect(201);
    expect(body.data).toMatchObject({ external_id: null, organization: null, locale: null });
  });

  it.each(["email", "display_name", "type", "roles", "wallet_address", "metadata"])("is refused for %s", async (member) => {
    await here.api.post("/users", person({ [member]: null })).expect(refusal("VALIDATION_FAILED", { param: member }));
  });
});

it("a refusal leaves nothing behind", async () => {
  const user = await newUser(here.api);
  const { body } = await here.api.get("/events?limit=1");
  expect(body.data.items[0].data.id).toBe(user.id);
});
