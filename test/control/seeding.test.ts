/** Fixtures in a sandbox: the same everywhere, whole or not at all, in their own time. */
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { FixtureError } from "../../emulator/control/fixtures/problems.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { SETTINGS } from "../../emulator/settings.ts";
import { type Api, api } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";

const DAY = 86_400_000;
const open: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

async function begin(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; api: Api }> {
  const sandbox = await createSandbox(options);
  open.push(sandbox);
  return { sandbox, api: api(sandbox.app, sandbox.apiKey) };
}

/** An object of the API: its members that tests look at are texts. */
type Item = Readonly<Record<string, string>> & { readonly id: string };

async function list(client: Api, path: string): Promise<Item[]> {
  return (await client.get(`${path}?limit=100`).expect(200)).body.data.items;
}

/** Everything that a client can list. */
async function everything(client: Api) {
  const [users, badges, awards, transactions, events] = await Promise.all(
    ["/users", "/badges", "/awards", "/tokens/transactions", "/events"].map((path) => list(client, path)),
  );
  return { users, badges, awards, transactions, events } as Record<"users" | "badges" | "awards" | "transactions" | "events", Item[]>;
}

const named = (items: readonly object[]) => Object.fromEntries(items.map((item) => [(item as { id: string }).id, item]));
const counted = (items: readonly Item[]) => [...Map.groupBy(items, ({ status }) => status)].map(([s, all]) => [s, all.length]);

/** A class whose history takes `days`: who is in it, a badge, and what became of it. */
function story(days: number, last = ""): { yaml: string; file: string } {
  const yaml = `fixture: class
steps:
  - at: -${days}d
    as: school
    createUser: { email: school@class.example, display_name: School, roles: [sponsor] }
  - as: ada
    createUser: { email: ada@class.example, display_name: Ada }
  - as: badge
    createBadge:
      sponsor_id: \${school.id}
      title: Reader
      description: Reads.
      criteria: { narrative: "Read." }
      reward: { amount: "5" }
      claim_window_days: 3
  - publishBadge: { badge_id: "\${badge.id}" }
  - as: award
    issueBadge: { badge_id: "\${badge.id}", recipient_id: "\${ada.id}" }
  - at: now
    as: gift
    mintTokens: { user_id: "\${ada.id}", amount: "1" }
${last}`;
  return { yaml, file: "class.yaml" };
}

describe("academy", () => {
  it("has awards in every state, and badges too; every invariant holds", async () => {
    const { sandbox, api } = await begin({ fixture: "academy" });
    const { awards, badges } = await everything(api);
    expect(new Set(awards.map(({ status }) => status))).toEqual(
      new Set(["applied", "approved", "claimed", "rejected", "expired", "revoked"]),
    );
    expect(new Set(badges.map(({ status }) => status))).toEqual(new Set(["draft", "published", "expired", "archived"]));
    await sandbox.doctor();
  });

  it("has a history: expiry came at its own instant, with its event and the sponsor's refund", async () => {
    const { sandbox, api } = await begin({ fixture: "academy", seed: 1 });
    const now = Date.parse(sandbox.clock.show().now);
    const expired = (await list(api, "/awards")).find(({ status }) => status === "expired") as Item;
    expect(now - Date.parse(expired.claim_expires_at as string)).toBe(79 * DAY);
    expect(expired.updated_at).toBe(expired.claim_expires_at);
    const refunds = (await api.get("/tokens/transactions?type=refund").expect(200)).body.data.items;
    expect(refunds).toMatchObject([{ reference: expired.id, confirmed_at: expired.claim_expires_at }]);
    const { body } = await api.get("/events?type=award.expired").expect(200);
    expect(body.data.items).toMatchObject([{ timestamp: expired.claim_expires_at, data: { id: expired.id } }]);
  });

  it("does not wait for blocks where the sandbox does", async () => {
    const { sandbox, api } = await begin({ fixture: "academy", mining: { kind: "manual" } });
    expect(new Set((await list(api, "/tokens/transactions")).map(({ status }) => status))).toEqual(new Set(["confirmed"]));
    await sandbox.doctor();
  });
});

describe("the same everywhere", () => {
  it("identifiers, GETS IDs and wallets, with a seed and without", async () => {
    const worlds = await Promise.all([
      begin({ fixture: "academy" }),
      begin({ fixture: "academy", seed: 7 }),
      begin({ fixture: "academy" }),
    ]);
    const all = await Promise.all(worlds.map(({ api }) => everything(api)));
    const what = all.map((each) => ({
      ids: Object.values(each).map((items) => items.map(({ id }) => id)),
      wallets: each.users.map(({ wallet }) => wallet),
      getsIds: each.awards.map(({ gets_id }) => gets_id),
    }));
    expect(what[1]).toEqual(what[0]);
    expect(what[2]).toEqual(what[0]);
  });

  it("and as documents and examples name them", async () => {
    const { api } = await begin({ fixture: "academy" });
    const users = Object.fromEntries((await list(api, "/users")).map(({ id, display_name }) => [display_name, id]));
    expect(users["Amina Diallo"]).toBe("usr_01KDVDNA00XFDD47EFPWMCWGDK");
    expect(users["Solaris Cooperative"]).toBe("usr_01KDVDNA00XN546CYX8S0WPJ9S");
  });

  it("a further step moves no identifier of the others", async () => {
    const [one, other] = [await begin(), await begin()];
    await one.sandbox.seed(story(0));
    const { yaml } = story(0);
    await other.sandbox.seed({
      yaml: yaml.replace("  - as: ada\n", "  - createUser: { email: new@class.example, display_name: New }\n  - as: ada\n"),
    });
    const [before, after] = [named(await list(one.api, "/events")), named(await list(other.api, "/events"))];
    expect(Object.keys(after).length).toBe(Object.keys(before).length + 1);
    expect(Object.keys(after)).toEqual(expect.arrayContaining(Object.keys(before)));
  });

  it("with a seed everything is, times and hashes too", async () => {
    const [a, b] = [await begin({ fixture: "academy", seed: 1 }), await begin({ fixture: "academy", seed: 1 })];
    expect(await everything(a.api)).toEqual(await everything(b.api));
    expect(a.sandbox.clock.show()).toEqual({ now: "2026-01-01T00:00:00.000Z", mode: "frozen" });
  });
});

describe("a new sandbox", () => {
  it("is at the end of the fixture's history; reset comes back to it", async () => {
    const { sandbox, api } = await begin({ fixture: "academy", seed: 1 });
    const before = await everything(api);
    const [user] = await list(api, "/users");
    await api.post("/tokens/mint", { user_id: user?.id, amount: "1" }).expect(201);
    await sandbox.clock.advance("400d");
    await sandbox.reset();
    expect(await everything(api)).toEqual(before);
    expect(sandbox.clock.show().now).toBe("2026-01-01T00:00:00.000Z");
    await sandbox.doctor();
  });

  it("keeps it over a restart", async () => {
    const dataDir = newFolder();
    const first = await begin({ dataDir, fixture: "academy" });
    const before = await everything(first.api);
    await first.sandbox.close();
    open.pop();
    const { sandbox, api } = await begin({ dataDir, defaultFixture: "course" });
    expect(sandbox.info().fixture).toBe("academy");
    expect(await everything(api)).toEqual(before);
    await sandbox.doctor();
  });

  it("of a folder that another fixture made is refused", async () => {
    const dataDir = newFolder();
    const { sandbox } = await begin({ dataDir });
    await sandbox.close();
    open.pop();
    await expect(createSandbox({ dataDir, fixture: "academy" })).rejects.toThrow(/was made with --fixture empty/);
  });

  it("takes a file of one's own; a broken one leaves nothing open", async () => {
    const { writeFileSync } = await import("node:fs");
    const folder = newFolder();
    const [good, bad] = [`${folder}/good.yaml`, `${folder}/bad.yaml`];
    writeFileSync(good, story(30).yaml);
    writeFileSync(bad, story(30, `  - burnTokens: { user_id: "\${ada.id}", amount: "100" }\n`).yaml);
    const dataDir = newFolder();
    await expect(createSandbox({ dataDir, fixture: bad })).rejects.toMatchObject({
      name: "FixtureError",
      code: "INSUFFICIENT_BALANCE",
      message: expect.stringMatching(/bad\.yaml:22:41: INSUFFICIENT_BALANCE: burnTokens: /),
    });
    const { sandbox, api } = await begin({ dataDir, fixture: good });
    expect(sandbox.info().fixture).toBe(good);
    expect(counted(await list(api, "/awards"))).toEqual([["expired", 1]]);
  });

  it("without such a fixture says which there are", async () => {
    await expect(createSandbox({ fixture: "acadamy" })).rejects.toThrow(/there are academy, course, empty/);
  });
});

describe("seed", () => {
  it("a fixture without history, at once", async () => {
    const { sandbox, api } = await begin();
    expect(await sandbox.seed("course")).toMatchObject({ made: { users: 1, badges: 10 }, clock_advanced_ms: 0 });
    expect(await list(api, "/badges")).toHaveLength(10);
    await sandbox.doctor();
  });

  it("a history begins now, and the clock goes on; what is due on the way happens", async () => {
    const { sandbox, api } = await begin({ seed: 1 });
    const before = Date.parse(sandbox.clock.show().now);
    const { clock_advanced_ms } = await sandbox.seed(story(10));
    expect(clock_advanced_ms).toBe(10 * DAY);
    expect(Date.parse(sandbox.clock.show().now) - before).toBe(10 * DAY);
    const users = await list(api, "/users");
    expect(users.map(({ created_at }) => Date.parse(created_at as string) - before)).toEqual([0, 0]);
    expect(counted(await list(api, "/awards"))).toEqual([["expired", 1]]);
  });

  it("a running clock runs on", async () => {
    const { sandbox } = await begin();
    const before = Date.now();
    await sandbox.seed(story(10));
    const { now, mode } = sandbox.clock.show();
    expect(mode).toBe("running");
    expect(Date.parse(now) - before).toBeGreaterThanOrEqual(10 * DAY);
    expect(Date.parse(now) - before).toBeLessThan(10 * DAY + 60_000);
  });

  it("what was there before falls due on the way too", async () => {
    const { sandbox, api } = await begin({ seed: 1 });
    await sandbox.seed(story(0));
    const [award] = await list(api, "/awards");
    await sandbox.seed({ yaml: "fixture: later\nsteps:\n  - at: -5d\n    createUser: { email: l@class.example, display_name: L }\n" });
    expect((await api.get(`/awards/${award?.id}`).expect(200)).body.data.status).toBe("expired");
    await sandbox.doctor();
  });

  it("and what a step changes is not done by what was due before the change", async () => {
    const { sandbox, api } = await begin({ seed: 1 });
    await sandbox.seed(story(0));
    const [award] = await list(api, "/awards");
    const yaml = `fixture: later\nsteps:\n  - at: -5d\n    claimAward: { award_id: ${award?.id} }\n`;
    await sandbox.seed({ yaml });
    expect((await api.get(`/awards/${award?.id}`).expect(200)).body.data.status).toBe("claimed");
  });

  it("settles what waited for a block", async () => {
    const { sandbox, api } = await begin({ mining: { kind: "manual" } });
    const { id } = (await api.post("/users", { email: "b@class.example", display_name: "Ben" }).expect(201)).body.data;
    await api.post("/tokens/mint", { user_id: id, amount: "3" }).expect(202);
    await sandbox.seed(story(0));
    expect(counted(await list(api, "/tokens/transactions"))).toEqual([["confirmed", 2]]);
    await sandbox.doctor();
  });

  it.each([
    ["a rule of the API", `  - burnTokens: { user_id: "\${ada.id}", amount: "100" }\n`, "INSUFFICIENT_BALANCE", /^class\.yaml:22:41: /],
    [
      "a rule about something within",
      `  - as: bad\n    updateBadge: { badge_id: "\${badge.id}", title: Writer }\n`,
      "BADGE_FIELD_FROZEN",
      /^class\.yaml:23:45: BADGE_FIELD_FROZEN: bad \(updateBadge\)/,
    ],
    [
      "the schema, after all its references are known",
      `  - applyForBadge: { badge_id: "\${badge.id}", recipient_id: usr_1 }\n`,
      "USER_NOT_FOUND",
      /^class\.yaml:22:47: /,
    ],
    [
      "a member that the answer does not have",
      `  - deleteUser: { user_id: "\${ada.nickname}" }\n`,
      "VALIDATION_FAILED",
      /:22:19: UNKNOWN_NAME: .* is not there/,
    ],
    ["a member that is null", `  - deleteUser: { user_id: "\${ada.locale}" }\n`, "VALIDATION_FAILED", /:22:19: UNKNOWN_NAME: .* is null/],
    [
      "a member that is an object",
      `  - deleteUser: { user_id: "\${ada.wallet}" }\n`,
      "VALIDATION_FAILED",
      /:22:19: UNKNOWN_NAME: .* is not a text/,
    ],
    [
      "the order of time",
      "  - at: -1d\n    deleteUser: { user_id: usr_1 }\n",
      "VALIDATION_FAILED",
      /:23:5: WRONG_TIME: .* in the order of time/,
    ],
    [
      "an instant that has passed",
      "  - at: 2020-01-01T00:00:00Z\n    deleteUser: { user_id: usr_1 }\n",
      "VALIDATION_FAILED",
      /:23:5: WRONG_TIME: /,
    ],
  ])("whole or not at all: %s", async (_, last, code, message) => {
    const { sandbox, api } = await begin({ seed: 1 });
    await api.post("/users", { email: "b@class.example", display_name: "Ben" }).expect(201);
    const [before, clock] = [await everything(api), sandbox.clock.show()];
    const failing = sandbox.seed(story(10, last));
    await expect(failing).rejects.toThrow(FixtureError);
    await expect(failing).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await everything(api)).toEqual(before);
    expect(sandbox.clock.show()).toEqual(clock);
    await sandbox.doctor();
  });

  it("is one line of the journal: a process that is killed has written all of it or nothing", async () => {
    const dataDir = newFolder();
    const { sandbox } = await begin({ dataDir });
    const lines = () => readFileSync(`${dataDir}/journal.ndjson`, "utf8").split("\n").length;
    const before = lines();
    await sandbox.seed("academy");
    expect(lines()).toBe(before + 1);
  });

  it("the same again conflicts, and says where", async () => {
    const { sandbox } = await begin({ fixture: "academy" });
    await expect(sandbox.seed("academy")).rejects.toMatchObject({
      code: "EMAIL_ALREADY_EXISTS",
      message: expect.stringMatching(/^academy\.yaml:13:\d+: EMAIL_ALREADY_EXISTS: library \(createUser\): /),
      details: [{ file: "academy.yaml", line: 13 }],
    });
  });

  it("steps without names may come again: identifiers that are taken are passed over", async () => {
    const { sandbox, api } = await begin();
    const { id } = (await api.post("/users", { email: "b@class.example", display_name: "Ben" }).expect(201)).body.data;
    const yaml = `fixture: gift\nsteps:\n  - mintTokens: { user_id: ${id}, amount: "1" }\n`;
    await sandbox.seed({ yaml });
    await sandbox.seed({ yaml });
    expect((await api.get(`/users/${id}/balance`).expect(200)).body.data.balance).toBe("2");
    expect(await list(api, "/tokens/transactions")).toHaveLength(2);
    await sandbox.doctor();
  });

  it("requests meanwhile see all of it or nothing, and wait with their writes", async () => {
    const { sandbox, api } = await begin();
    const seeding = sandbox.seed(story(10));
    const writing = api.post("/users", { email: "b@class.example", display_name: "Ben" }).expect(201);
    const counts: number[] = [];
    for (let i = 0; i < 20; i++) counts.push((await list(api, "/awards")).length);
    await Promise.all([seeding, writing]);
    expect(counts.every((count) => count === 0 || count === 1)).toBe(true);
    expect(await list(api, "/users")).toHaveLength(3);
  });

  it("reads a file of this machine", async () => {
    const { sandbox, api } = await begin();
    await sandbox.seed(new URL("../../fixtures/course.yaml", import.meta.url).pathname);
    expect(await list(api, "/badges")).toHaveLength(10);
  });

  it("tells its progress", async () => {
    const { sandbox } = await begin();
    const told: number[][] = [];
    await sandbox.seed(story(1), (done, total) => told.push([done, total]));
    expect(told).toEqual([1, 2, 3, 4, 5, 6].map((done) => [done, 6]));
  });
});

describe("every fixture that is shipped", () => {
  it("is named where `--fixture` is explained", () => {
    const shipped = readdirSync(new URL("../../fixtures/", import.meta.url)).filter((file) => file.endsWith(".yaml"));
    expect(shipped.length).toBeGreaterThan(2);
    for (const file of shipped) expect(SETTINGS.fixture.description).toContain(file.replace(".yaml", ""));
  });
});
