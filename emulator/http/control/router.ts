import { createHash, timingSafeEqual } from "node:crypto";
import express, { type Request, type RequestHandler, type Response, Router } from "express";
import type { Controls } from "../../control/controls.ts";
import { type SeedInput, sayMade } from "../../control/seeding.ts";
import type { Scope } from "../../model/api-key.ts";
import { ApiError } from "../../model/errors.ts";
import type { QuotaSetting } from "../../ports/rate-limiter.ts";
import { ALL_SCOPES } from "../../services/keys.ts";
import { successEnvelope } from "../envelope.ts";
import { streamEvents } from "./event-stream.ts";
import { faultRoutes } from "./faults.ts";
import { observe } from "./observe.ts";
import { transferRoutes } from "./transfer.ts";
import { webhookRoutes } from "./webhooks.ts";

export interface ControlGuard {
  readonly isOriginAllowed: (origin: string) => boolean;
  /** The Bearer token to ask for; null for none (loopback). */
  readonly token: string | null;
}

/** The control plane, mounted at /_sandbox: what CLI and dashboard use. No API key; Host and Origin are checked before. */
export function controlRouter(controls: Controls, guard: ControlGuard): RequestHandler {
  // Many a sandbox inside a test is never asked: its routes are made at the first request.
  let router: Router | undefined;
  return function control(req, res, next) {
    router ??= makeRouter(controls, guard);
    router(req, res, next);
  };
}

function makeRouter(controls: Controls, { isOriginAllowed, token }: ControlGuard): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(function refuseForeignOrigin(req, _res, next) {
    const { origin } = req.headers;
    if (origin === undefined || isOriginAllowed(origin)) return next();
    throw new ApiError("ORIGIN_NOT_ALLOWED", "The control plane does not serve pages of another origin.");
  });
  if (token !== null) router.use(requireToken(token));
  router.use(express.json({ limit: "64mb" }));

  // These two are about the process: they follow from no line of the journal, and wait for no disk.
  router.use(["/health", "/ready"], function markStateless(_req, res, next) {
    res.locals.stateless = true;
    next();
  });
  router.get("/health", (_req, res) => answer(res, { status: "alive" }, "The process is alive."));
  router.get("/ready", (_req, res) => {
    if (!controls.ready())
      throw new ApiError(
        "STORAGE_UNAVAILABLE",
        "The sandbox is not ready: it is starting or stopping, or its chain has been busy for more than a second.",
      );
    answer(res, { status: "ready" }, "Contracts are deployed and the fixture is applied.");
  });
  router.get("/info", (_req, res) => answer(res, controls.info(), "Where everything is."));

  router.post("/reset", async (_req, res) => {
    await controls.reset();
    answer(res, null, "Back to the state right after the fixture.");
  });
  router.get("/fixtures", (_req, res) => answer(res, controls.fixtures(), "Fixtures that are shipped."));
  router.post("/seed", async (req, res) => {
    const seeded = await controls.seed(seedInput(req.body, controls.fixtures()));
    const days = Math.round(seeded.clock_advanced_ms / 86_400_000);
    const clock = seeded.clock_advanced_ms === 0 ? "" : ` Its history took ${days} days: the clock went on by as much.`;
    answer(res, seeded, `Made ${sayMade(seeded)}.${clock}`);
  });
  router.get("/snapshots", (_req, res) => answer(res, controls.snapshots(), "Named snapshots, oldest first."));
  router.post("/snapshots", async (req, res) => {
    const name = String(req.body?.name ?? "");
    await controls.snapshot(name);
    res.status(201);
    answer(res, { name }, `Took the snapshot "${name}".`);
  });
  router.post("/snapshots/:name/restore", async (req, res) => {
    await controls.restore(req.params.name);
    answer(res, { name: req.params.name }, `Restored the snapshot "${req.params.name}".`);
  });
  router.delete("/snapshots/:name", async (req, res) => {
    await controls.deleteSnapshot(req.params.name);
    answer(res, { name: req.params.name }, `Deleted the snapshot "${req.params.name}".`);
  });

  router.get("/clock", (_req, res) => answer(res, controls.clock.show(), "The sandbox clock."));
  router.post("/clock/advance", async (req, res) => {
    const { by, to } = (req.body ?? {}) as { by?: unknown; to?: unknown };
    if (typeof by === "string" && to === undefined) await controls.clock.advance(by);
    else if (typeof to === "string" && by === undefined) await controls.clock.set(to);
    else throw new ApiError("INVALID_REQUEST", 'Send {"by": "90d"} or {"to": "2027-01-01T00:00:00Z"}.');
    answer(res, controls.clock.show(), "Advanced the clock; work due on the way is done.");
  });
  router.post("/clock/freeze", async (_req, res) => {
    await controls.clock.freeze();
    answer(res, controls.clock.show(), "The clock stands still.");
  });
  router.post("/clock/run", async (_req, res) => {
    await controls.clock.run();
    answer(res, controls.clock.show(), "The clock runs.");
  });
  router.post("/chain/mine", async (req, res) => {
    const blocks = req.body?.blocks ?? 1;
    if (!Number.isInteger(blocks) || blocks < 1 || blocks > 10_000) {
      throw new ApiError("INVALID_REQUEST", "blocks is a whole number from 1 to 10000.", { param: "blocks" });
    }
    answer(res, { block_number: await controls.mine(blocks) }, `Mined ${blocks === 1 ? "a block" : `${blocks} blocks`}.`);
  });

  router.get("/keys", (req, res) => answer(res, controls.keys.list({ limit: 100, cursor: cursorOf(req) }), "API keys, newest first."));
  router.post("/keys", async (req, res) => {
    const { name, scopes = ALL_SCOPES, expires_at = null, session = false } = req.body ?? {};
    if (typeof name !== "string" || name === "" || !isScopes(scopes)) {
      throw new ApiError("INVALID_REQUEST", `Send {"name": "CI", "scopes": [...]}; scopes are ${ALL_SCOPES.join(", ")}.`);
    }
    res.status(201);
    answer(
      res,
      await controls.keys.create({ name, scopes, expires_at, session: session === true }),
      "Created the API key; its secret is shown only now.",
    );
  });
  router.delete("/keys/:id", async (req, res) => {
    await controls.keys.revoke(req.params.id);
    answer(res, { id: req.params.id }, "Revoked the API key.");
  });
  router.get("/rate-limits/:key_id", (req, res) => answer(res, quotas(controls, req.params.key_id), "What is left to the key."));
  router.put("/rate-limits/:key_id", (req, res) => {
    controls.limits.set(req.params.key_id, quotaSetting(req.body));
    answer(res, quotas(controls, req.params.key_id), "Set what is left to the key.");
  });

  observe(router, controls);
  router.get("/events", (req, res) => controls.whenDurable(() => streamEvents(controls, req, res)));
  router.get("/events/secret", (_req, res) => {
    res.setHeader("Cache-Control", "no-store");
    answer(res, { secret: controls.listenerSecret }, "What `listen` signs with.");
  });
  router.use(transferRoutes(controls));
  router.use("/faults", faultRoutes(controls));
  router.use("/webhooks", webhookRoutes(controls));
  router.post("/events/:id/resend", async (req, res) => {
    const sent = await controls.resend(req.params.id);
    const { length } = sent.deliveries;
    answer(res, sent, `Sent the event again, to ${length === 1 ? "one endpoint" : `${length} endpoints`}.`);
  });

  router.get("/doctor", async (_req, res) => {
    const findings = await controls.doctor();
    const healthy = findings.every(({ problems }) => problems.length === 0);
    answer(res, { healthy, findings }, healthy ? "Every invariant holds." : "Invariants are broken; see findings.");
  });
  return router;
}

/** The token is compared by its hash, so that the time taken says nothing. */
function requireToken(token: string): RequestHandler {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return function checkControlToken(req, _res, next) {
    if (timingSafeEqual(digest(req.headers.authorization ?? ""), expected)) return next();
    throw new ApiError("AUTHENTICATION_REQUIRED", "The control plane needs `Authorization: Bearer` with the --control-token.", {
      headers: { "WWW-Authenticate": 'Bearer realm="getsmart-sandbox control"' },
    });
  };
}

function answer(res: Response, data: unknown, message: string): void {
  res.json(successEnvelope(data, message));
}

function isScopes(scopes: unknown): scopes is Scope[] {
  return Array.isArray(scopes) && scopes.length > 0 && scopes.every((each) => (ALL_SCOPES as readonly unknown[]).includes(each));
}

function cursorOf(req: Request): string | undefined {
  return typeof req.query.cursor === "string" ? req.query.cursor : undefined;
}

/** `{second: {limit, remaining, reset}, hour: …}`; null when the key is not metered. `reset`: seconds until more is left. */
function quotas(controls: Controls, keyId: string): unknown {
  const found = controls.limits.show(keyId);
  return found && Object.fromEntries(found.map(({ policy, r, t }) => [policy.name, { limit: policy.q, remaining: r, reset: t }]));
}

function quotaSetting(body: unknown): QuotaSetting {
  const entries = body !== null && typeof body === "object" ? Object.entries(body) : [];
  const valid = entries.every(
    ([name, value]) => (name === "second" || name === "hour") && Number.isInteger(value?.remaining) && value.remaining >= 0,
  );
  if (entries.length > 0 && valid) return body as QuotaSetting;
  throw new ApiError("INVALID_REQUEST", 'Send what is to be left: {"hour": {"remaining": 1}, "second": {"remaining": 10}}.');
}

/** A fixture by name (files of this machine are not read for others), a fixture's text, or amounts of generated data. */
function seedInput(body: unknown, names: readonly string[]): SeedInput {
  const { fixture, yaml, file, generate } = (body ?? {}) as Record<string, unknown>;
  if (typeof fixture === "string" && names.includes(fixture)) return fixture;
  if (typeof yaml === "string") return { yaml, file: typeof file === "string" ? file : "fixture.yaml" };
  if (isAmounts(generate)) return { generate };
  throw new ApiError(
    "INVALID_REQUEST",
    `Send {"fixture": …} with one of ${names.join(", ")}, {"yaml": "…"} with a fixture's text, or {"generate": {"users": 100, "badges": 5, "awards": 50}}.`,
    fixture === undefined ? {} : { param: "fixture" },
  );
}

const MOST_GENERATED = 1_000_000;

function isAmounts(value: unknown): value is { users?: number; badges?: number; awards?: number } {
  if (value === null || typeof value !== "object") return false;
  return Object.entries(value).every(
    ([name, amount]) => ["users", "badges", "awards"].includes(name) && Number.isInteger(amount) && amount >= 0 && amount <= MOST_GENERATED,
  );
}
