/** Ten requests a second and a thousand an hour, sliding, per key, told truly in every authenticated answer. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Api, newKey, refusal, type World, world } from "../support/client.ts";

/** Real time as the sandbox sees it, in ms: it stands still unless a test moves it. */
let real = 0;
beforeAll(() => void vi.spyOn(performance, "now").mockImplementation(() => real));
afterAll(() => vi.restoreAllMocks());

let here: World;
/** A client with a fresh key, so that nothing is counted yet. */
let fresh: Api;

function limited(perSecond: number, perHour: number) {
  beforeEach(async () => {
    here = await world({ limits: { perSecond, perHour } });
    fresh = here.api.as((await newKey(here.api, ["users:read", "users:write", "keys:write"])).secret);
  });
  afterEach(() => here.sandbox.close());
}

/** The RateLimit field, read: `{second: {r, t}, hour: {r, t}}`. */
function quotas(answer: { headers: Record<string, string> }) {
  const found = [...(answer.headers.ratelimit ?? "").matchAll(/"(\w+)";r=(\d+);t=(\d+)/g)];
  return Object.fromEntries(found.map(([, name, r, t]) => [name, { r: Number(r), t: Number(t) }]));
}

describe("10 in a second", () => {
  limited(10, 1000);

  it("are served, and the eleventh is refused until the first is a second old", async () => {
    for (let left = 9; left >= 0; left--) {
      const answer = await fresh.get("/users").expect(200);
      expect(answer.headers["ratelimit-policy"]).toBe('"second";q=10;w=1, "hour";q=1000;w=3600');
      expect(answer.headers.ratelimit).toBe(`"second";r=${left};t=1, "hour";r=${990 + left};t=3600`);
    }
    const refused = await fresh.get("/users").expect(refusal("RATE_LIMIT_EXCEEDED"));
    expect(refused.headers["retry-after"]).toBe("1");
    expect(refused.headers.ratelimit).toBe('"second";r=0;t=1, "hour";r=990;t=3600');
    expect(refused.body.error.details.map(({ policy }: { policy: string }) => policy)).toEqual(["second"]);
    real += 999;
    await fresh.get("/users").expect(429);
    real += 1;
    await fresh.get("/users").expect(200);
  });

  it("slide: a second never holds eleven, wherever it begins", async () => {
    for (let i = 0; i < 5; i++) await fresh.get("/users").expect(200);
    real += 600;
    for (let i = 0; i < 5; i++) await fresh.get("/users").expect(200);
    real += 400; // the first five are a second old
    for (let i = 0; i < 5; i++) await fresh.get("/users").expect(200);
    await fresh.get("/users").expect(429);
    real += 600; // the next five
    for (let i = 0; i < 5; i++) await fresh.get("/users").expect(200);
    await fresh.get("/users").expect(429);
  });

  it("are of all endpoints and methods together", async () => {
    const calls = [
      () => fresh.get("/users"),
      () => fresh.head("/users"),
      () => fresh.post("/users", {}),
      () => fresh.patch("/users/nobody", {}),
      () => fresh.delete("/users/nobody"),
      () => fresh.get("/tokens"),
      () => fresh.get("/users").set("Accept", "image/png"),
      () => fresh.post("/users", "text").type("text/plain"),
      () => fresh.get("/users?limit=0"),
      () => fresh.get("/api-keys/current").set("If-None-Match", "*"),
    ];
    const statuses: number[] = [];
    for (const [index, call] of calls.entries()) {
      const answer = await call();
      statuses.push(answer.status);
      expect(quotas(answer).second).toEqual({ r: 9 - index, t: 1 });
    }
    expect(statuses).toEqual([200, 200, 400, 404, 404, 403, 406, 415, 400, 304]);
    await fresh.get("/users").expect(429);
  });

  it("are per key: another key, and the same address, has its own", async () => {
    for (let i = 0; i < 10; i++) await fresh.get("/users").expect(200);
    await fresh.get("/users").expect(429);
    const other = await newKey(here.api, ["users:read"]);
    const answer = await here.api.as(other.secret).get("/users").expect(200);
    expect(quotas(answer).second?.r).toBe(9);
    await fresh.get("/users").set("X-Forwarded-For", "203.0.113.7").set("Forwarded", "for=203.0.113.7").expect(429);
  });

  it("stay with a key that is rolled", async () => {
    const { body } = await fresh.get("/api-keys/current").expect(200);
    for (let i = 0; i < 9; i++) await fresh.get("/users").expect(200);
    real += 1000;
    const rolled = await here.api.post(`/api-keys/${body.data.id}/roll`).expect(200);
    const answer = await here.api.as(rolled.body.data.secret).get("/users").expect(200);
    expect(quotas(answer).hour?.r).toBe(989);
  });

  it("are not used up by what is answered before the limit", async () => {
    await fresh.get("/users").expect(200);
    const unmetered = [
      fresh.options("/users"),
      fresh.put("/users"),
      fresh.get("/nothing"),
      fresh.get("/health"),
      fresh.as(null).get("/users"),
    ];
    for (const answer of await Promise.all(unmetered)) expect(answer.headers.ratelimit).toBeUndefined();
    expect(quotas(await fresh.get("/users")).second?.r).toBe(8);
  });

  it("a refused request has no effect", async () => {
    for (let i = 0; i < 10; i++) await fresh.get("/users").expect(200);
    await fresh.post("/users", { email: "late@example.com", display_name: "Late" }).expect(429);
    real += 1000;
    expect((await fresh.get("/users?email=late@example.com")).body.data.items).toEqual([]);
  });
});

describe("1000 in an hour", () => {
  limited(10, 1000);

  it("are served ten a second, and then none until the first is an hour old", async () => {
    for (let second = 0; second < 100; second++) {
      for (let i = 0; i < 10; i++) await fresh.get("/users?limit=1").expect(200);
      real += 1000;
    }
    const refused = await fresh.get("/users").expect(refusal("RATE_LIMIT_EXCEEDED"));
    expect(refused.body.error.details.map(({ policy }: { policy: string }) => policy)).toEqual(["hour"]);
    expect(refused.headers["retry-after"]).toBe("3500");
    real += 3_500_000;
    for (let i = 0; i < 10; i++) await fresh.get("/users").expect(200);
    await fresh.get("/users").expect(429);
  }, 120_000);
});

describe("an hour", () => {
  limited(1000, 5);

  it("refuses by the hour's policy, with a Retry-After that is honest", async () => {
    for (const [wait, left] of [
      [0, 4],
      [600_000, 3],
      [600_000, 2],
      [0, 1],
      [0, 0],
    ] as const) {
      real += wait;
      expect(quotas(await fresh.get("/users").expect(200)).hour?.r).toBe(left);
    }
    real += 500;
    const refused = await fresh.get("/users").expect(refusal("RATE_LIMIT_EXCEEDED"));
    expect(refused.body.error.details).toEqual([expect.objectContaining({ policy: "hour" })]);
    // The first is 1200.5 s old; in 2399.5 s, said in whole seconds, there is room for one.
    expect(refused.headers["retry-after"]).toBe("2400");
    expect(quotas(refused).hour).toEqual({ r: 0, t: 2400 });
    real += 2_399_000;
    await fresh.get("/users").expect(429);
    real += 1000;
    await fresh.get("/users").expect(200);
    await fresh.get("/users").expect(429);
  });

  it("counts no refused requests", async () => {
    for (let i = 0; i < 5; i++) await fresh.get("/users").expect(200);
    for (let i = 0; i < 20; i++) await fresh.get("/users").expect(429);
    real += 3_600_000;
    for (let i = 0; i < 5; i++) await fresh.get("/users").expect(200);
    await fresh.get("/users").expect(429);
  });

  it("passes when the sandbox clock is advanced", async () => {
    for (let i = 0; i < 5; i++) await fresh.get("/users").expect(200);
    await here.sandbox.clock.advance(3_599_999);
    await fresh.get("/users").expect(429);
    await here.sandbox.clock.advance(1);
    expect(quotas(await fresh.get("/users").expect(200)).hour).toEqual({ r: 4, t: 3600 });
  });

  it("passes while the sandbox clock stands still", async () => {
    await here.sandbox.clock.freeze();
    const frozen = (await fresh.get("/health")).body.data.time;
    for (let i = 0; i < 5; i++) await fresh.get("/users").expect(200);
    await fresh.get("/users").expect(429);
    real += 3_600_000;
    await fresh.get("/users").expect(200);
    expect((await fresh.get("/health")).body.data.time).toBe(frozen);
  });
});

describe("both at once", () => {
  limited(2, 2);

  it("names both policies, and waits for the longer", async () => {
    await fresh.get("/users").expect(200);
    await fresh.get("/users").expect(200);
    const refused = await fresh.get("/users").expect(refusal("RATE_LIMIT_EXCEEDED"));
    expect(refused.body.error.details.map(({ policy }: { policy: string }) => policy)).toEqual(["second", "hour"]);
    expect(refused.headers["retry-after"]).toBe("3600");
  });
});

it("limits off: no fields, and GET /meta says so", async () => {
  here = await world();
  const answer = await here.api.get("/users").expect(200);
  expect([answer.headers.ratelimit, answer.headers["ratelimit-policy"]]).toEqual([undefined, undefined]);
  const { body } = await here.api.get("/meta").expect(200);
  expect(body.data.limits).toEqual({ enabled: false, per_second: 10, per_hour: 1000 });
  await here.sandbox.close();
});

it("GET /meta tells the limits", async () => {
  here = await world({ limits: { perSecond: 3, perHour: 70 } });
  const { body } = await here.api.get("/meta").expect(200);
  expect(body.data.limits).toEqual({ enabled: true, per_second: 3, per_hour: 70 });
  await here.sandbox.close();
});
