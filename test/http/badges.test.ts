/** Badges and their states. */
import { crc32, deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BadgeWorld, badgeWorld, newUser, refusal, template } from "../support/client.ts";

let here: BadgeWorld;
beforeAll(async () => void (here = await badgeWorld()));
afterAll(() => here.sandbox.close());

const draft = async (members: Record<string, unknown> = {}) =>
  (await here.api.post("/badges", template({ sponsor_id: here.sponsor.id, ...members })).expect(201)).body.data;
const look = async (id: string) => (await here.api.get(`/badges/${id}`).expect(200)).body.data;
const typesOf = async (id: string) => {
  const { body } = await here.api.get("/events?limit=100").expect(200);
  return body.data.items.filter(({ data }: { data: { id: string } }) => data.id === id).map(({ type }: { type: string }) => type);
};
const now = () => here.sandbox.clock.show().now;
const inDays = (days: number) => new Date(Date.parse(now()) + days * 86_400_000).toISOString();

describe("POST /badges", () => {
  it("makes a draft, with the documented defaults", async () => {
    const { body, headers } = await here.api.post("/badges", template({ sponsor_id: here.sponsor.id })).expect(201);
    expect(body.data).toMatchObject({
      status: "draft",
      sponsor_id: here.sponsor.id,
      criteria: { url: null },
      evidence_requirements: [],
      image_url: null,
      level: null,
      tags: [],
      visibility: "public",
      reward: { amount: "5", funding: "mint" },
      max_awards: null,
      application_expires_at: null,
      claim_window_days: 90,
      auto_approve: false,
      auto_claim: false,
      awards_count: 0,
    });
    expect(headers.location).toBe(`/v1/badges/${body.data.id}`);
    expect(await look(body.data.id)).toEqual(body.data);
    expect(await typesOf(body.data.id)).toEqual(["badge.created"]);
  });

  const png = (bytes: Buffer) => `data:image/png;base64,${bytes.toString("base64")}`;

  it.each<[string, Record<string, unknown>, string, string | null]>([
    ["a reward below 1", { reward: { amount: "0.999999999999999999" } }, "INVALID_AMOUNT", "reward.amount"],
    ["a time to apply that is over", { application_expires_at: "2020-01-01T00:00:00Z" }, "VALIDATION_FAILED", "application_expires_at"],
    ["a picture that is no PNG", { image_url: png(Buffer.from("GIF89a")) }, "VALIDATION_FAILED", "image_url"],
    ["a picture beyond 256 KiB", { image_url: png(Buffer.alloc(262_145)) }, "VALIDATION_FAILED", "image_url"],
    ["a title of 46", { title: "x".repeat(46) }, "VALIDATION_FAILED", "title"],
    ["no sponsor", { sponsor_id: "usr_nobody" }, "USER_NOT_FOUND", "sponsor_id"],
  ])("%s is refused, and nothing is made", async (_what, members, code, param) => {
    const before = (await here.api.get("/badges?limit=100")).body.data.items.length;
    await here.api.post("/badges", template({ sponsor_id: here.sponsor.id, ...members })).expect(refusal(code, { param }));
    expect((await here.api.get("/badges?limit=100")).body.data.items).toHaveLength(before);
  });

  it("a reward of exactly 1, a title of 45 and a real picture are taken", async () => {
    await draft({ reward: { amount: "1" }, title: "x".repeat(45), image_url: png(pixel()) });
  });

  it("two requirements with one id are refused", async () => {
    const twice = { id: "essay", type: "text", label: "An essay", required: true };
    const sent = template({ sponsor_id: here.sponsor.id, evidence_requirements: [twice, twice] });
    await here.api.post("/badges", sent).expect(refusal("VALIDATION_FAILED", { param: "evidence_requirements.1.id" }));
  });

  it("only an active sponsor offers badges", async () => {
    const earner = await newUser(here.api);
    await here.api.post("/badges", template({ sponsor_id: earner.id })).expect(refusal("NOT_A_SPONSOR", { param: "sponsor_id" }));
    const suspended = await newUser(here.api, { roles: ["sponsor"] });
    await here.api.patch(`/users/${suspended.id}`, { status: "suspended" }).expect(200);
    await here.api.post("/badges", template({ sponsor_id: suspended.id })).expect(refusal("USER_SUSPENDED"));
  });
});

describe("PATCH /badges/{badge_id}", () => {
  it("changes what is sent and nothing else; null restores the default", async () => {
    const before = await draft({ tags: ["history"], claim_window_days: 5, level: { name: "Gold", rank: 3 } });
    const patch = { tags: null, claim_window_days: null, level: { rank: 2 }, criteria: { url: "https://school.example/criteria" } };
    const { body } = await here.api.patch(`/badges/${before.id}`, patch).expect(200);
    expect(body.data).toEqual({
      ...before,
      tags: [],
      claim_window_days: 90,
      level: { name: "Gold", rank: 2 },
      criteria: { ...before.criteria, url: "https://school.example/criteria" },
      updated_at: body.data.updated_at,
    });
    expect(await typesOf(before.id)).toEqual(["badge.updated", "badge.created"]);
  });

  it("that changes nothing sends nothing", async () => {
    const before = await draft();
    const { body } = await here.api.patch(`/badges/${before.id}`, { title: before.title }).expect(200);
    expect([body.data, await typesOf(before.id)]).toEqual([before, ["badge.created"]]);
  });

  it("half a level is refused", async () => {
    const { id } = await draft();
    await here.api.patch(`/badges/${id}`, { level: { rank: 2 } }).expect(refusal("VALIDATION_FAILED", { param: "level.name" }));
  });

  it.each<[string, Record<string, unknown>]>([
    ["title", { title: "Another" }],
    ["criteria", { criteria: { narrative: "Less." } }],
    ["evidence_requirements", { evidence_requirements: [{ id: "a", type: "text", label: "A", required: true }] }],
    ["level", { level: { name: "Gold", rank: 1 } }],
    ["reward", { reward: { amount: "6" } }],
  ])("%s is frozen once it is published; sent unchanged it is not", async (member, patch) => {
    const badge = await here.badge();
    await here.api.patch(`/badges/${badge.id}`, patch).expect(refusal("BADGE_FIELD_FROZEN", { param: member }));
    const same = await look(badge.id);
    await here.api.patch(`/badges/${badge.id}`, { [member]: same[member], description: "New." }).expect(200);
    expect((await look(badge.id)).description).toBe("New.");
  });

  it("the sponsor is frozen too", async () => {
    const [badge, other] = [await here.badge(), await newUser(here.api, { roles: ["sponsor"] })];
    await here.api.patch(`/badges/${badge.id}`, { sponsor_id: other.id }).expect(refusal("BADGE_FIELD_FROZEN"));
  });
});

describe("states", () => {
  const move = (id: string, action: string) => here.api.post(`/badges/${id}/${action}`);

  it("draft → published → archived; nothing else", async () => {
    const { id } = await draft();
    expect((await move(id, "publish").expect(200)).body.data.status).toBe("published");
    const { body } = await move(id, "publish").expect(refusal("INVALID_STATE_TRANSITION"));
    expect(body.error.details[0]).toMatchObject({ from: "published", action: "publish", allowed: ["archive"] });
    expect((await move(id, "archive").expect(200)).body.data.status).toBe("archived");
    await move(id, "archive").expect(refusal("INVALID_STATE_TRANSITION"));
    await move(id, "publish").expect(refusal("INVALID_STATE_TRANSITION"));
    expect(await typesOf(id)).toEqual(["badge.archived", "badge.published", "badge.created"]);
    await move("bdg_nobody", "publish").expect(refusal("BADGE_NOT_FOUND"));
  });

  it("expires by itself when its time to apply is over, and opens again with a later one", async () => {
    const { id } = await here.badge({ application_expires_at: inDays(1) });
    await here.sandbox.clock.advance("23h");
    expect((await look(id)).status).toBe("published");
    await here.api.post(`/badges/${id}/applications`, { recipient_id: here.learner.id }).expect(201);
    await here.sandbox.clock.advance("1h");
    expect((await look(id)).status).toBe("expired");
    const late = await newUser(here.api);
    await here.api.post(`/badges/${id}/applications`, { recipient_id: late.id }).expect(refusal("BADGE_EXPIRED"));
    await here.api.post(`/badges/${id}/issue`, { recipient_id: late.id }).expect(201);

    await here.api.patch(`/badges/${id}`, { application_expires_at: inDays(1) }).expect(200);
    expect((await look(id)).status).toBe("published");
    expect((await typesOf(id)).slice(0, 3)).toEqual(["badge.published", "badge.updated", "badge.expired"]);
    await here.api.patch(`/badges/${id}`, { application_expires_at: null }).expect(200);
    await here.sandbox.clock.advance("2d");
    expect((await look(id)).status).toBe("published");
  });

  it("a draft whose time is over is not published before it has a later one", async () => {
    const { id } = await draft({ application_expires_at: inDays(1) });
    await here.sandbox.clock.advance("2d");
    await move(id, "publish").expect(refusal("BADGE_EXPIRED"));
    await here.api.patch(`/badges/${id}`, { application_expires_at: inDays(1) }).expect(200);
    await move(id, "publish").expect(200);
  });
});

it("GET /badges filters by sponsor, status, visibility, level and tag", async () => {
  const sponsor = await newUser(here.api, { roles: ["sponsor"] });
  const gold = await draft({ sponsor_id: sponsor.id, level: { name: "Gold", rank: 3 }, tags: ["art", "rare"], visibility: "private" });
  const plain = await draft({ sponsor_id: sponsor.id });
  const found = async (query: string) => {
    const { body } = await here.api.get(`/badges?sponsor_id=${sponsor.id}&${query}`).expect(200);
    return body.data.items.map(({ id }: { id: string }) => id);
  };
  expect(await found("")).toEqual([plain.id, gold.id]);
  for (const query of ["level=Gold", "tag=rare", "visibility=private", "status=draft&tag=art"]) {
    expect([query, await found(query)]).toEqual([query, [gold.id]]);
  }
  expect(await found("status=published")).toEqual([]);
  expect((await here.api.get("/badges?sponsor_id=usr_01JZ0000000000000000000000").expect(200)).body.data.items).toEqual([]);
});

/** A PNG of one grey pixel. */
function pixel(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    crc.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, crc]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from([0, 128]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
