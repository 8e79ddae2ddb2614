/** RFC 3339 ends with the year 9999, and so does the sandbox: no answer holds an instant that cannot be written. */
import { afterEach, describe, expect, it } from "vitest";
import type { Sandbox } from "../../emulator/sandbox-api.ts";
import { badgeWorld, newUser, refusal, world } from "../support/client.ts";
import { codeOf } from "../support/engine-actions.ts";

const LAST = "9999-12-31T23:59:59.999Z";
const open: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

async function at<W extends { sandbox: Sandbox }>(making: Promise<W>, instant: string): Promise<W> {
  const here = await making;
  open.push(here.sandbox);
  await here.sandbox.clock.set(instant);
  return here;
}
const patience = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the clock at the end of the year 9999", () => {
  it("runs into its last instant and stands there; reads and writes go on, with instants that can be written", async () => {
    const { sandbox, api } = await at(world(), "9999-12-31T23:59:59.950Z");
    expect(sandbox.clock.show().mode).toBe("running");
    await patience(80);
    expect(sandbox.clock.show()).toEqual({ now: LAST, mode: "frozen" });
    expect((await newUser(api)).created_at).toBe(LAST);
    await api.get("/users").expect(200);
  });

  it("counts whole milliseconds: a computed number is rounded, not refused", async () => {
    const { sandbox } = await at(world(), "2027-01-01T00:00:00Z");
    await sandbox.clock.freeze();
    const before = Date.parse(sandbox.clock.show().now);
    await sandbox.clock.advance(1.1 * 3_600_000);
    expect(Date.parse(sandbox.clock.show().now) - before).toBe(3_960_000);
    await sandbox.clock.set(before + 4e6 + 0.4);
    expect(Date.parse(sandbox.clock.show().now) - before).toBe(4e6);
  });

  it("is not advanced, set or let run beyond it", async () => {
    const { sandbox } = await at(world(), LAST);
    expect(await codeOf(sandbox.clock.advance(1))).toBe("CLOCK_OUT_OF_RANGE");
    expect(await codeOf(sandbox.clock.advance(`${"9".repeat(15)}d`))).toBe("CLOCK_OUT_OF_RANGE");
    expect(await codeOf(sandbox.clock.advance(`${"9".repeat(400)}d`))).toBe("VALIDATION_FAILED");
    expect(await codeOf(sandbox.clock.set("+010000-01-01T00:00:00Z"))).toBe("VALIDATION_FAILED");
    expect(await codeOf(sandbox.clock.set(Number.POSITIVE_INFINITY))).toBe("VALIDATION_FAILED");
    expect(await codeOf(sandbox.clock.run())).toBe("CLOCK_OUT_OF_RANGE");
    await sandbox.reset();
    expect(sandbox.clock.show().mode).toBe("running");
  });

  it("a fixture with a history that would lead beyond it is refused", async () => {
    const { sandbox } = await at(world(), "9999-12-31T00:00:00Z");
    expect(await codeOf(sandbox.seed("academy"))).toBe("INVALID_REQUEST");
    expect(sandbox.clock.show().now < LAST).toBe(true);
  });
});

describe("what is computed from the clock", () => {
  it("a claim window that would end beyond it is refused", async () => {
    const here = await badgeWorld();
    const badge = await here.badge();
    await at(Promise.resolve(here), "9999-12-01T00:00:00Z");
    await here.api.post(`/badges/${badge.id}/issue`, { recipient_id: here.learner.id }).expect(refusal("INVALID_REQUEST"));
  });

  it("a rotation of a secret whose old one would sign beyond it is refused", async () => {
    const { api } = await at(world(), "9999-12-31T12:00:00Z");
    const { body } = await api.post("/webhook-endpoints", { url: "http://127.0.0.1:9/" }).expect(201);
    await api.post(`/webhook-endpoints/${body.data.id}/rotate-secret`).expect(refusal("INVALID_REQUEST"));
  });
});

describe("instants that clients send", () => {
  it.each(["9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"])("%s, which UTC cannot write, is refused", async (instant) => {
    const { sandbox, api } = await world();
    open.push(sandbox);
    await api.post("/api-keys", { name: "late", scopes: ["users:read"], expires_at: instant }).expect(refusal("VALIDATION_FAILED"));
    expect(await codeOf(sandbox.keys.create({ name: "late", scopes: ["users:read"], expires_at: instant }))).toBe("VALIDATION_FAILED");
  });

  it.each(["soon", "+010000-01-01T00:00:00Z"])("a key's expiry %s is refused at the control plane too", async (instant) => {
    const { sandbox } = await world();
    open.push(sandbox);
    expect(await codeOf(sandbox.keys.create({ name: "late", scopes: ["users:read"], expires_at: instant }))).toBe("VALIDATION_FAILED");
  });

  it.each(["1969-12-31T00:00:00Z", "-999999999d", `-${"9".repeat(400)}d`, "9999-12-31T23:59:59-00:01"])(
    "a fixture's step at %s is refused, with its place",
    async (instant) => {
      const yaml = `fixture: old\nsteps:\n  - at: "${instant}"\n    createUser: { email: ada@example.com, display_name: Ada }\n`;
      const { sandbox } = await world();
      open.push(sandbox);
      await expect(sandbox.seed({ yaml })).rejects.toMatchObject({ name: "FixtureError", problems: [{ rule: "WRONG_TIME" }] });
    },
  );
});
