/** The endpoints themselves. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refusal, type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

const URL_ = "http://127.0.0.1:9/hooks";
const create = async (members: Record<string, unknown> = {}) =>
  (await here.api.post("/webhook-endpoints", { url: URL_, ...members }).expect(201)).body.data;

describe("POST /webhook-endpoints", () => {
  it("shows the secret once, and nowhere again", async () => {
    const sent = { url: URL_, enabled_events: ["award.claimed"], description: "Course site" };
    const made = await here.api.post("/webhook-endpoints", sent).set("Idempotency-Key", "hook").expect(201);
    const { secret, ...rest } = made.body.data;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rest).toMatchObject({ ...sent, status: "enabled", disabled_reason: null, previous_secret_expires_at: null });
    expect(made.headers).toMatchObject({ location: `/v1/webhook-endpoints/${rest.id}`, "cache-control": "no-store" });
    const again = await here.api.post("/webhook-endpoints", sent).set("Idempotency-Key", "hook").expect(201);
    expect(again.body.data).toEqual({ ...rest, secret: null });
    for (const path of [`/webhook-endpoints/${rest.id}`, "/webhook-endpoints", "/events?limit=100"]) {
      expect((await here.api.get(path).expect(200)).text).not.toContain(secret);
    }
  });

  it("listens to all events unless told which", async () => {
    expect((await create()).enabled_events).toEqual(["*"]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["an unknown type", { enabled_events: ["award.eaten"] }],
    ["* among others", { enabled_events: ["*", "award.claimed"] }],
    ["none", { enabled_events: [] }],
    ["one twice", { enabled_events: ["award.claimed", "award.claimed"] }],
    ["another scheme", { url: "ftp://127.0.0.1/" }],
    ["a password", { url: "http://me:secret@127.0.0.1/" }],
    ["a fragment", { url: "http://127.0.0.1/#here" }],
  ])("%s is refused", async (_what, members) => {
    await here.api.post("/webhook-endpoints", { url: URL_, ...members }).expect(refusal("VALIDATION_FAILED"));
  });

  it("there can be fifty", async () => {
    const full = await world();
    for (let made = 0; made < 50; made++) await full.api.post("/webhook-endpoints", { url: URL_ }).expect(201);
    await full.api.post("/webhook-endpoints", { url: URL_ }).expect(refusal("WEBHOOK_ENDPOINT_LIMIT"));
    await full.sandbox.close();
  });
});

describe("where webhooks may go", () => {
  const rule = async (where: World, url: string) => {
    const { status, body } = await where.api.post("/webhook-endpoints", { url });
    return status === 201 ? "allowed" : body.error.code === "WEBHOOK_URL_NOT_ALLOWED" ? body.error.details[0].rule : body.error.code;
  };

  it.each([
    ["http://127.0.0.1:9/", "allowed"],
    ["http://localhost:9/", "allowed"],
    ["http://10.0.0.7/", "allowed"],
    ["https://school.example/hooks", "allowed"],
    ["http://169.254.169.254/latest/meta-data", "metadata"],
    ["http://metadata.google.internal/", "metadata"],
    ["http://[fd00:ec2::254]/", "metadata"],
    ["http://0xA9FEA9FE/", "metadata"],
    ["http://169.254.7.7/", "link_local"],
    ["http://[fe80::1]/", "link_local"],
    ["http://224.0.0.1/", "multicast"],
    ["http://[::ffff:169.254.169.254]/", "metadata"],
    ["http://[64:ff9b:1::a9fe:a9fe]/", "metadata"],
    ["http://[::ffff:0:a9fe:a9fe]/", "metadata"],
    ["http://app.localhost:3000/", "allowed"],
  ])("from a sandbox on loopback, %s: %s", async (url, expected) => {
    expect(await rule(here, url)).toBe(expected);
  });

  it("from one that is served beyond it, https to public addresses only", async () => {
    const open = await world({ controlToken: "s3cret-of-16-characters" });
    await open.sandbox.listen({ host: "0.0.0.0" });
    expect(await rule(open, "https://school.example/hooks")).toBe("allowed");
    expect(await rule(open, "http://school.example/hooks")).toBe("http");
    expect(await rule(open, "https://127.0.0.1/")).toBe("loopback");
    expect(await rule(open, "https://localhost/")).toBe("loopback");
    expect(await rule(open, "https://192.168.1.1/")).toBe("private");
    expect(await rule(open, "https://[fc00::1]/")).toBe("private");
    expect(await rule(open, "https://[64:ff9b:1::808:808]/")).toBe("private");
    expect(await rule(open, "https://[3fff::1]/")).toBe("private");
    expect(await rule(open, "https://[2606:4700::1111]/")).toBe("allowed");
    await open.sandbox.close();
  });
});

describe("PATCH and DELETE", () => {
  it("change what is sent; null restores the default; what is refused changes nothing", async () => {
    const { secret: _secret, ...made } = await create({ enabled_events: ["award.claimed"], description: "Mine" });
    const path = `/webhook-endpoints/${made.id}`;
    const { body } = await here.api.patch(path, { enabled_events: null, description: null, url: "http://127.0.0.1:9/other" }).expect(200);
    expect(body.data).toMatchObject({ enabled_events: ["*"], description: null, url: "http://127.0.0.1:9/other", secret: null });
    await here.api.patch(path, { url: "http://169.254.169.254/" }).expect(refusal("WEBHOOK_URL_NOT_ALLOWED", { param: "url" }));
    expect((await here.api.get(path).expect(200)).body.data).toEqual(body.data);
  });

  it("an endpoint is disabled by hand and enabled again", async () => {
    const path = `/webhook-endpoints/${(await create()).id}`;
    const disabled = (await here.api.patch(path, { status: "disabled" }).expect(200)).body.data;
    expect(disabled).toMatchObject({ status: "disabled", disabled_reason: "manual" });
    const { body } = await here.api.post(`${path}/test`).expect(refusal("WEBHOOK_ENDPOINT_DISABLED"));
    expect(body.error.details[0].disabled_reason).toBe("manual");
    expect((await here.api.get("/webhook-endpoints?status=disabled").expect(200)).body.data.items).toEqual([disabled]);
    const enabled = (await here.api.patch(path, { status: "enabled" }).expect(200)).body.data;
    expect(enabled).toMatchObject({ status: "enabled", disabled_reason: null });
  });

  it("deleted it is gone, with its deliveries", async () => {
    const path = `/webhook-endpoints/${(await create()).id}`;
    await here.api.delete(path).expect(204);
    for (const below of ["", "/deliveries"]) await here.api.get(path + below).expect(refusal("WEBHOOK_ENDPOINT_NOT_FOUND"));
    await here.api.delete(path).expect(refusal("WEBHOOK_ENDPOINT_NOT_FOUND"));
    await here.api.post(`${path}/rotate-secret`).expect(refusal("WEBHOOK_ENDPOINT_NOT_FOUND"));
  });

  it("a delivery of another endpoint is not found", async () => {
    const { id } = await create();
    await here.api.post(`/webhook-endpoints/${id}/deliveries/dlv_nothing/redeliver`).expect(refusal("WEBHOOK_DELIVERY_NOT_FOUND"));
  });
});

it("rotation gives a new secret, shown once", async () => {
  const made = await create();
  const { body } = await here.api.post(`/webhook-endpoints/${made.id}/rotate-secret`).expect(200);
  expect(body.data.secret).toMatch(/^whsec_/);
  expect(body.data.secret).not.toBe(made.secret);
  expect(Date.parse(body.data.previous_secret_expires_at) - Date.parse(body.data.updated_at)).toBe(86_400_000);
});
