/** `trigger`: each event type happens by the API's own operations, on the objects that were named, or not at all. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { EVENT_TYPES, STORIES } from "../../emulator/cli/trigger/stories.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import type { Sandbox } from "../../emulator/sandbox-api.ts";
import { type Api, api, newKey, newUser, template } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { at, problemsOfEvent } from "../support/contract.ts";
import { newFolder } from "../support/folder.ts";
import { Receiver } from "../support/receiver.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A sandbox in this process, on a port, for the real command. */
async function served(options: Parameters<typeof createSandbox>[0] = {}) {
  const sandbox = await createSandbox(options);
  const url = `${await sandbox.listen()}/_sandbox`;
  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    clientCommand(["trigger", ...args, "--url", url], { cwd, env });
  return { sandbox, api: api(sandbox.app, sandbox.apiKey), trigger: run };
}

const cwd = newFolder();
let here: { sandbox: Sandbox; api: Api; trigger: Awaited<ReturnType<typeof served>>["trigger"] };
beforeAll(async () => void (here = await served()));
afterAll(() => here.sandbox.close());

const events = async () =>
  (await here.api.get("/events?limit=100").expect(200)).body.data.items as { id: string; type: string; data: Record<string, string> }[];
const set = (...assignments: string[]) => assignments.flatMap((each) => ["--set", each]);
/** The id of the event, which the last line names. */
const eventIn = (stdout: string) => /\S+ {2}(evt_\w+)\n$/.exec(stdout)?.[1];

async function publishedBadge(members: Record<string, unknown> = {}) {
  const sponsor = await newUser(here.api, { roles: ["sponsor"] });
  const badge = (await here.api.post("/badges", template({ sponsor_id: sponsor.id, ...members })).expect(201)).body.data;
  await here.api.post(`/badges/${badge.id}/publish`).expect(200);
  return badge;
}

it("knows every event type of the document, in its order", async () => {
  expect(EVENT_TYPES).toEqual((at("/components/schemas/EventType").value as { enum: string[] }).enum);
  const { code, stdout } = await here.trigger(["--list"]);
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]),
  ).toEqual(EVENT_TYPES);
});

describe("makes happen, with all that it needs", () => {
  const elsewhere = ["webhook.test", "token.transaction.failed"];
  const types = EVENT_TYPES.filter((type) => !elsewhere.includes(type));
  it.each(types.map((type) => [type]))("%s", async (type) => {
    await here.sandbox.reset();
    const { code, stdout, stderr } = await here.trigger([type, ...(STORIES[type].time ? ["--advance-clock"] : [])]);
    expect([code, stderr], stdout).toEqual([0, ""]);
    const { object, id: _id, ...event } = (await here.api.get(`/events/${eventIn(stdout)}`).expect(200)).body.data;
    expect(event.type).toBe(type);
    expect(problemsOfEvent(event)).toEqual([]);
    // Whatever was made is named; transactions only where they are the point.
    const made = (await events()).filter(({ data }) => data.object !== "transaction").map(({ data }) => data.id ?? data.achievement_id);
    for (const id of made) expect(stdout).toContain(id);
    await here.sandbox.doctor();
  });

  it("webhook.test, at an endpoint that was named, and at a new one", async () => {
    const receiver = await Receiver.open();
    const endpoint = (await here.api.post("/webhook-endpoints", { url: receiver.url, enabled_events: ["award.claimed"] }).expect(201)).body
      .data;
    const named = await here.trigger(["webhook.test", ...set(`webhook_endpoint_id=${endpoint.id}`)]);
    expect(named).toMatchObject({ code: 0, stderr: "" });
    const made = await here.trigger(["webhook.test", ...set(`webhook_endpoint.url=${receiver.url}`)]);
    const got = await receiver.count(2);
    expect(got.map(({ headers }) => headers["webhook-id"])).toEqual([eventIn(named.stdout), eventIn(made.stdout)]);
    expect(await here.trigger(["webhook.test"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("webhook_endpoint.url=http://"),
    });
    await receiver.close();
    await here.sandbox.reset();
  });

  it("token.transaction.failed, where blocks are mined by hand", async () => {
    const manual = await served({ mining: { kind: "manual" } });
    const { code, stdout, stderr } = await manual.trigger(["token.transaction.failed", "--advance-clock"]);
    expect([code, stderr], stdout).toEqual([0, ""]);
    const { body } = await manual.api.get(`/events/${eventIn(stdout)}`).expect(200);
    expect(body.data).toMatchObject({ type: "token.transaction.failed", data: { failure: { code: "MAX_SUPPLY_EXCEEDED" } } });
    expect((await manual.api.get("/tokens").expect(200)).body.data.total_supply).toBe("0");

    // What waits for a block says so.
    const waiting = await manual.trigger(["award.claimed"]);
    expect(waiting).toMatchObject({ code: 1, stderr: expect.stringMatching(/awd_\w+ waits for a block; give --advance-clock/) });
    expect(await manual.trigger(["award.claimed", "--advance-clock"])).toMatchObject({ code: 0 });
    await manual.sandbox.doctor();
    await manual.sandbox.close();
  });
});

describe("acts on what was named", () => {
  it("an award: the one event, and no other", async () => {
    const [badge, learner] = [await publishedBadge(), await newUser(here.api)];
    const award = (await here.api.post(`/badges/${badge.id}/issue`, { recipient_id: learner.id }).expect(201)).body.data;
    const before = (await events()).length;
    const { code, stdout } = await here.trigger(["award.revoked", ...set(`award_id=${award.id}`, "reason=A mistake")]);
    expect(code).toBe(0);
    const now = await events();
    expect(now).toHaveLength(before + 1);
    expect(now[0]).toMatchObject({
      id: eventIn(stdout),
      type: "award.revoked",
      data: { id: award.id, revocation: { reason: "A mistake" } },
    });
  });

  it("a badge and a recipient: neither is made", async () => {
    const [badge, learner] = [await publishedBadge(), await newUser(here.api)];
    const { stdout } = await here.trigger(["award.claimed", ...set(`badge_id=${badge.id}`, `recipient_id=${learner.id}`)]);
    const { body } = await here.api.get(`/events/${eventIn(stdout)}`).expect(200);
    expect(body.data.data).toMatchObject({ badge_id: badge.id, recipient_id: learner.id, status: "claimed" });
    expect(stdout).not.toContain("made");
  });

  it("members of what is made, as text and as JSON", async () => {
    const wishes = set(
      "badge.title=History Hero",
      "badge.max_awards:=3",
      "badge.reward.amount=50",
      "badge.reward.funding=sponsor",
      "sponsor.display_name=Museum",
    );
    const { code, stdout, stderr } = await here.trigger(["award.approved", ...wishes]);
    expect([code, stderr]).toEqual([0, ""]);
    const award = (await here.api.get(`/events/${eventIn(stdout)}`).expect(200)).body.data.data;
    expect(award.reward).toMatchObject({ amount: "50", funding: "sponsor" });
    expect((await here.api.get(`/badges/${award.badge_id}`)).body.data).toMatchObject({ title: "History Hero", max_awards: 3 });
    expect((await here.api.get(`/users/${award.sponsor_id}`)).body.data.display_name).toBe("Museum");
  });
});

describe("fails with the API's own words, having made nothing", () => {
  it.each([
    ["award.claimed", ["award_id=awd_nobody"], "AWARD_NOT_FOUND: There is no award with the id awd_nobody."],
    ["award.applied", ["badge_id=bdg_nobody"], "BADGE_NOT_FOUND: "],
    ["award.applied", ["recipient_id=usr_nobody"], "USER_NOT_FOUND: "],
    ["user.created", ["email=nobody"], "VALIDATION_FAILED: "],
    ["user.created", ["nickname=Ada"], "UNKNOWN_PARAMETER: "],
    ["token.transaction.failed", [], "with automatic mining a transaction is refused at once"],
  ] as const)("%s %j", async (type, assignments, message) => {
    const before = await events();
    const { code, stderr } = await here.trigger([type, ...set(...assignments), "--advance-clock"]);
    expect(stderr).toMatch(`getsmart-sandbox: ${message}`);
    expect(code).toBe(1);
    expect(await events()).toEqual(before);
  });

  it("what is not possible in the object's state", async () => {
    const [badge, learner] = [await publishedBadge(), await newUser(here.api)];
    const award = (await here.api.post(`/badges/${badge.id}/applications`, { recipient_id: learner.id }).expect(201)).body.data;
    const { code, stderr } = await here.trigger(["award.claimed", ...set(`award_id=${award.id}`)]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("INVALID_STATE_TRANSITION: ")]);
  });

  it("a key that may not", async () => {
    const { secret } = await newKey(here.api, ["users:read"]);
    const { code, stderr } = await here.trigger(["user.created"], { GETSMART_API_KEY: secret });
    expect([code, stderr]).toEqual([1, expect.stringContaining("INSUFFICIENT_SCOPE: ")]);
  });
});

describe("refuses what makes no sense, before anything is done", () => {
  it.each([
    [["award.claimd"], "there is no event type award.claimd; did you mean award.claimed"],
    [["claimed"], "did you mean award.claimed?"],
    [["xyz"], "there is no event type xyz; `trigger --list` shows all"],
    [[], "trigger needs an event type; `trigger --list` shows all"],
    [["award.expired"], "award.expired comes only with time: it lets the claim window of an award end. Give --advance-clock"],
    [["award.claimed", "--set", "badge"], "--set badge: write path=text, or path:=JSON"],
    [["award.claimed", "--set", "badge.max_awards:=three"], "--set badge.max_awards:=three: what follows := is JSON"],
    [["award.claimed", "--set", "reciever_id=usr_1"], "did you mean recipient_id"],
    [["award.claimed", "--set", "amount=5"], "--set amount=5: award.claimed takes award_id, award.…, recipient_id"],
    [["user.created", "--set", "badge.title=x"], "--set badge.title=x: user.created takes members of its request"],
    [
      ["award.claimed", "--set", "award_id=awd_1", "--set", "badge_id=bdg_1"],
      "--set badge_id=bdg_1 would have no effect: award_id names an existing award",
    ],
    [
      ["award.claimed", "--set", "badge_id=bdg_1", "--set", "badge.title=x"],
      "--set badge.title=x would have no effect: badge_id names an existing badge",
    ],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await here.trigger(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});

it("waits where the quota of a second is used up", async () => {
  const { sandbox, trigger } = await served({ limits: { perSecond: 3, perHour: 1000 } });
  expect(await trigger(["award.claimed"])).toMatchObject({ code: 0, stderr: "" });
  await sandbox.close();
});
