import { type Capabilities, type CapabilityName, DEFAULTS } from "./capabilities.ts";
import type { Exchange } from "./exchange.ts";
import { Governor } from "./governor.ts";
import { Interrupted, NoAnswer, TargetUnusable } from "./outcomes.ts";
import { type Facts, probeOf } from "./probe.ts";
import { Receiver } from "./receiver.ts";
import type { Session } from "./session.ts";
import { type Controller, runTime } from "./time.ts";

/** Largest difference between the target's clock and ours; beyond it nothing that has to do with time could be judged. */
const SKEW_MS = 5 * 60_000;

/**
 * Whether the target can be judged at all, and what it is: asked before any check, so that a wrong address or key is never taken for an
 * implementation that fails (or passes) everything. What costs a write to find out is found out only when it is `needed`, and not in mode
 * readonly. Throws TargetUnusable.
 */
export async function preflight(session: Session, needed: ReadonlySet<CapabilityName>): Promise<Facts> {
  const { settings } = session;
  const notes: string[] = [];
  const exchange = await accepted(session);
  settings.onBegin?.(session.runId);
  const skew = skewOf(exchange);
  if (Math.abs(skew) > SKEW_MS && settings.controller === null) {
    throw new TargetUnusable(`the target's clock is ${Math.round(skew / 1000)} s away from this machine's; set one of them right`);
  }
  if (settings.receiver === "loopback" && !session.target.isLoopback)
    throw new TargetUnusable(
      "the target is not on this machine, so its webhooks cannot come to loopback; --webhook-receiver url:https://…",
    );
  if (settings.receiver !== null) session.receiver = await Receiver.open(settings.receiver);
  const found = await discover(session, settings.controller);
  const limits = await limitsOf(session, found);
  // The full profile insists on keys.
  const isOpen = settings.profile !== "full" && settings.capabilities.idempotency === undefined;
  const isAsked = isOpen && needed.has("idempotency") && settings.mode !== "readonly";
  const capabilities = isAsked ? { ...found, idempotency: await keepsKeys(session, { capabilities: found, limits, notes }) } : found;
  session.time = runTime(capabilities.limiter_follows_clock ? settings.controller : null, settings.signal);
  const isUnlimited = limits?.enabled === false && session.target.isLoopback;
  session.governor = new Governor(session.time, isUnlimited ? null : settings.maxRps);
  if (isUnlimited) notes.push("limits are off on this loopback target: requests are not paced");
  if (settings.insecure) notes.push("the certificate is not verified (--insecure)");
  if (session.time.moved) notes.push("the limiter follows the controller's clock: instead of waiting the clock is moved");
  if (!capabilities.webhooks) notes.push("the target offers no webhooks");
  if (!capabilities.idempotency)
    notes.push(settings.capabilities.idempotency === false ? "the target keeps no idempotency keys, as declared" : NO_KEYS);
  if (capabilities.unsupported.length > 0) notes.push(`not offered by the target: ${capabilities.unsupported.join(", ")}`);
  return { capabilities, limits, notes };
}

/** A target that should keep keys, and does not, must not go unjudged unseen. */
const NO_KEYS =
  "the target keeps no idempotency keys: the same request sent twice with one key was not answered alike (if it should: `idempotency: true` in --capabilities, or --profile full)";

/** A read that any good key may do. */
const PROBES = ["getCurrentApiKey", "getToken", "listUsers"];

async function accepted(session: Session): Promise<Exchange> {
  let last: Exchange | null = null;
  for (const id of PROBES) {
    const { method, path } = session.settings.pathMap.get(id) ?? session.document.operation(id);
    last = await session.send("preflight", { method, path, operationId: id }).catch((error: Error) => {
      if (!(error instanceof NoAnswer)) throw error;
      throw new TargetUnusable(`${session.target.baseUrl} cannot be reached: ${adviceFor(error)}`);
    });
    if (last.status === 200) return last;
  }
  const { status = 0, code = null, sent } = last ?? {};
  if (status === 401 || status === 403)
    throw new TargetUnusable(`the target does not accept the API key (${status}${code ? ` ${code}` : ""})`);
  throw new TargetUnusable(`${sent?.url} answers ${status}: is this the base URL of the API? (--path-map, if its paths are others)`);
}

function adviceFor(error: NoAnswer): string {
  const text = error.message;
  if (/certificate|CERT|altnames|self-signed/i.test(text)) {
    return `${text} (--ca FILE trusts an authority of its own; --insecure goes on and lets SEC-02 fail)`;
  }
  return text;
}

async function discover(session: Session, controller: Controller | null): Promise<Capabilities> {
  const declared = session.settings.capabilities;
  const isSandbox = controller !== null && "isSandbox" in controller && (await (controller.isSandbox as () => Promise<boolean>)());
  return {
    ...DEFAULTS,
    ...(declared.webhooks === undefined ? { webhooks: await offersWebhooks(session, declared) } : {}),
    exclusive: session.target.isLoopback,
    ...(isSandbox ? ({ limiter: "sliding", limiter_follows_clock: true } as const) : {}),
    ...declared,
  };
}

/** What has no list of endpoints has no webhooks. */
async function offersWebhooks(session: Session, { unsupported = [] }: Partial<Capabilities>): Promise<boolean> {
  if (unsupported.includes("listWebhookEndpoints")) return false;
  const { method, path } = session.settings.pathMap.get("listWebhookEndpoints") ?? session.document.operation("listWebhookEndpoints");
  const { status } = await session.send("preflight", { method, path, operationId: "listWebhookEndpoints" });
  return ![404, 405, 501].includes(status);
}

/**
 * A user created twice with the same key is one user, and only with it: what finds users by their address alone does not keep keys. What
 * cannot be created at all is for the checks to judge.
 */
async function keepsKeys(session: Session, facts: Facts): Promise<boolean> {
  const t = probeOf({ id: "preflight", mode: "w", provenance: "K" }, session, facts);
  if (!t.offers("createUser")) return true;
  const json = t.person();
  const headers = { "Idempotency-Key": `conf-${session.runId}-${t.random.word()}` };
  const made: (string | null)[] = [];
  try {
    for (const options of [{ json, headers }, { json, headers }, { json }]) made.push(t.made(await t.call("createUser", options)));
  } catch (error) {
    if (error instanceof Interrupted) throw error;
  }
  const [first = null, again, without] = made;
  return first === null || (again === first && without !== first);
}

async function limitsOf(session: Session, { unsupported }: Capabilities): Promise<Facts["limits"]> {
  if (unsupported.includes("getMeta")) return null;
  const { method, path } = session.settings.pathMap.get("getMeta") ?? session.document.operation("getMeta");
  const { data } = await session.send("preflight", { method, path, operationId: "getMeta", key: null });
  const limits = data.limits as Facts["limits"] | undefined;
  return typeof limits?.enabled === "boolean" ? limits : null;
}

/** By the Date field; 0 when there is none. */
function skewOf({ headers }: Exchange): number {
  const date = Date.parse(headers.date ?? "");
  return Number.isNaN(date) ? 0 : date - Date.now();
}
