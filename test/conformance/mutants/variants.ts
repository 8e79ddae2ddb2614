import { bucket, fixed, metered, published, sliding } from "./limiters.ts";
import type { Answered, Handler, Received, Variant } from "./mutant.ts";
import { relayed, retrying } from "./relay.ts";
import { answering, at, editing, header, heading, jsonOf, keyOf, type Loose, own, pathOf, refusal, withHeaders } from "./tamper.ts";

const isJson = (_: Received, found?: Answered) =>
  String(found?.headers["content-type"]).startsWith("application/json") && found?.status !== 304 && (found?.body.length ?? 0) > 0;
const isSuccess = (request: Received, found?: Answered) =>
  isJson(request, found) && (found?.status ?? 0) < 300 && jsonOf(found as Answered)?.status === "success";

/** Servers that are right in another way than the emulator. Red on one of them is a fault of the kit. */
export const VARIANTS: readonly Variant[] = [
  { id: "V00", does: "the emulator as it is" },
  {
    id: "V01",
    does: "limits by a sliding window: the emulator with its limits on",
    world: "limited",
    capabilities: { limiter: "sliding" },
  },
  {
    id: "V02",
    does: "limits by fixed windows",
    only: ["RATE-*"],
    capabilities: { limiter: "fixed" },
    make: metered({ limiter: published(fixed) }),
  },
  {
    id: "V03",
    does: "limits by a token bucket",
    only: ["RATE-*"],
    capabilities: { limiter: "token_bucket" },
    make: metered({ limiter: published(bucket) }),
  },
  { id: "V04", does: "limits by an algorithm that is not declared", only: ["RATE-*"], make: metered({ limiter: published(sliding) }) },
  {
    id: "V05",
    does: "no RateLimit fields",
    world: "limited",
    only: ["RATE-*"],
    make: heading(() => true, { ratelimit: null, "ratelimit-policy": null }),
  },
  {
    id: "V06",
    does: "Retry-After as an HTTP date",
    world: "limited",
    only: ["RATE-*"],
    make: answering(
      (_, found) => found?.status === 429,
      (found) => {
        const now = Date.now();
        const until = new Date(Math.ceil(now / 1000) * 1000 + Number(found.headers["retry-after"]) * 1000);
        return { ...found, headers: { ...found.headers, date: new Date(now).toUTCString(), "retry-after": until.toUTCString() } };
      },
    ),
  },
  {
    id: "V07",
    does: "members that the document does not know, in data, error and envelope",
    make: editing(isJson, (json: Loose) => {
      if (json.status === undefined) return;
      json.trace = { region: "eu" };
      if (json.error) json.error.severity = "low";
      for (const each of json.data?.items ?? [json.data]) if (each && typeof each === "object") each.links = { self: "/" };
    }),
  },
  {
    id: "V08",
    does: "header names in capitals",
    make: answering(
      () => true,
      (found) => ({
        ...found,
        headers: Object.fromEntries(Object.entries(found.headers).map(([name, value]) => [name.toUpperCase(), value])),
      }),
    ),
  },
  { id: "V09", does: "application/json; charset=utf-8", make: heading(isJson, { "content-type": "application/json; charset=utf-8" }) },
  {
    id: "V10",
    does: "members in another order, with white space",
    make: answering(isJson, (found) => ({ ...found, body: Buffer.from(JSON.stringify(backwards(jsonOf(found)), null, 2)) })),
  },
  {
    id: "V11",
    does: "404 instead of 405 on templated paths",
    make: answering(
      (request, found) => found?.status === 405 && /^\/v1\/users\/\w+$/.test(request.url),
      () => refusal(404, "ROUTE_NOT_FOUND"),
    ),
  },
  {
    id: "V12",
    does: "400 instead of 422 for amounts of zero",
    make: answering(
      (_, found) => jsonOf(found as Answered)?.error?.code === "INVALID_AMOUNT",
      () => refusal(400, "VALIDATION_FAILED"),
    ),
  },
  { id: "V13", does: "no message on success", make: editing(isSuccess, (json) => void delete json.message) },
  {
    id: "V14",
    does: "Location as an absolute URL",
    make: answering(
      (_, found) => found?.headers.location !== undefined,
      (found, { headers }) => ({
        ...found,
        headers: {
          ...found.headers,
          location: `http://${headers.find(([name]) => name.toLowerCase() === "host")?.[1]}${found.headers.location}`,
        },
      }),
    ),
  },
  { id: "V15", does: "latency of 5 to 60 ms", make: delayed(5, 60) },
  {
    id: "V16",
    does: "latency of 300 ms with jitter, beside limits",
    world: "limited",
    only: ["RATE-01", "RATE-03", "RATE-05", "RATE-06", "RATE-07", "RATE-09", "TOKEN-08", "USER-02"],
    make: delayed(290, 330),
  },
  {
    id: "V17",
    does: "reads that lag behind writes by 120 ms",
    capabilities: { consistency_ms: 200 },
    only: ["USER-*", "TOKEN-*", "BADGE-*", "ACH-*", "AWARD-*", "PAGE-*", "AUTH-10", "SEC-07", "HTTP-03", "HTTP-04"],
    make: lagging(120),
  },
  {
    id: "V18",
    does: "blocks every 100 ms: writes answer 202 and are confirmed later",
    world: "interval",
    only: ["TOKEN-*", "ENV-*", "HTTP-07", "BADGE-*", "AWARD-*", "ACH-04", "IDEMP-*", "VERIFY-*"],
  },
  {
    id: "V19",
    does: "users cannot be deleted",
    capabilities: { unsupported: ["deleteUser"] },
    only: ["USER-*", "AUTH-10", "ENV-10"],
    make: () => async (request, forward) =>
      request.method === "DELETE" && at("DELETE /users/*")(request)
        ? refusal(405, "METHOD_NOT_ALLOWED", { allow: "GET, PATCH" })
        : await forward(request),
  },
  { id: "V20", does: "TLS; plain HTTP is refused with 403", world: "tls", tls: { plain: "refuse", certificate: "good" } },
  {
    id: "V21",
    does: "TLS; plain HTTP is redirected to https",
    world: "tls",
    tls: { plain: "redirect", certificate: "good" },
    only: ["SEC-*", "USER-01"],
  },
  {
    id: "V22",
    does: "TLS; plain HTTP gets no answer",
    world: "tls",
    tls: { plain: "close", certificate: "good" },
    only: ["SEC-*", "USER-01"],
  },
  { id: "V23", does: "keys cannot be made", capabilities: { keys: false }, only: ["SEC-*", "AUTH-*"] },
  {
    id: "V24",
    does: "ids are whole numbers (judged by the published rules only)",
    options: { profile: "published" },
    mayFail: ["ENV-10", "VERS-04"],
    // They do not pass the front that numbers.
    capabilities: { webhooks: false },
    make: numbered,
  },
  {
    id: "V25",
    does: "webhooks come twice, with the same webhook-id",
    only: ["HOOK-*"],
    make: relayed(async (hook, post) => {
      await post(hook);
      return await post(hook);
    }),
  },
  {
    id: "V33",
    does: "webhook endpoints cannot be deleted",
    capabilities: { unsupported: ["deleteWebhookEndpoint"] },
    only: ["HOOK-*", "ENV-10"],
    make: () => async (request, forward) =>
      at("DELETE /webhook-endpoints/*")(request)
        ? refusal(405, "METHOD_NOT_ALLOWED", { allow: "GET, HEAD, PATCH" })
        : await forward(request),
  },
  {
    id: "V34",
    does: "creates answer 200, without Location (judged by the published rules only: the document fixes 201)",
    options: { profile: "published" },
    only: ["ENV-*", "HTTP-01", "AUTH-*", "VERS-01", "USER-01", "USER-02", "TOKEN-01", "TOKEN-03", "BADGE-01", "BADGE-03", "ACH-01"],
    mayFail: ["ENV-10"],
    make: answering(
      (request, found) => request.method === "POST" && found?.status === 201,
      (found) => {
        const { location: _, ...headers } = found.headers;
        return { ...found, status: 200, headers };
      },
    ),
  },
  { id: "V26", does: "webhooks are sent again after 4 s, 6 s, 9 s and so on", only: ["HOOK-05"], make: retrying(growing(4000, 1.5)) },
  {
    id: "V27",
    does: "no webhooks, as declared",
    capabilities: { webhooks: false },
    only: ["HOOK-*", "USER-01", "TOKEN-01"],
    make: withoutWebhooks,
  },
  { id: "V28", does: "no webhooks, as preflight finds out", only: ["HOOK-*", "USER-01", "TOKEN-01"], make: withoutWebhooks },
  {
    id: "V29",
    does: "no idempotency keys, as declared",
    capabilities: { idempotency: false },
    only: ["IDEMP-*", "USER-01", "TOKEN-01"],
    make: () => (request, forward) => forward(withHeaders(request, { "idempotency-key": null })),
  },
  {
    id: "V32",
    does: "no idempotency keys, as preflight finds out (only the full profile insists on them)",
    options: { profile: "contract" },
    only: ["IDEMP-*", "USER-01", "TOKEN-01"],
    make: () => (request, forward) => forward(withHeaders(request, { "idempotency-key": null })),
  },
  {
    id: "V30",
    does: "a duplicate waits for the first request and gets its result",
    only: ["IDEMP-*"],
    make: (): Handler => {
      const running = new Map<string, Promise<unknown>>();
      return async (request, forward) => {
        const key = header(request, "idempotency-key");
        if (key === undefined) return await forward(request);
        const place = `${key} ${keyOf(request)}`;
        const turn = (running.get(place) ?? Promise.resolve()).then(() => forward(request));
        running.set(place, turn);
        return await turn;
      };
    },
  },
  {
    id: "V31",
    does: "issuing the same badge to the same user again gives the award that there is",
    only: ["BADGE-*"],
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (!at("POST /badges/*/issue")(request) || jsonOf(found)?.error?.code !== "ALREADY_AWARDED") return found;
        const list = await forward(
          own("GET", `/awards?badge_id=${pathOf(request).split("/")[3]}&recipient_id=${jsonOf(request).recipient_id}`, apiKey),
        );
        return { ...(await forward(own("GET", `/awards/${jsonOf(list).data.items[0].id}`, apiKey))), status: 201 };
      },
  },
];

/** Twenty delays, each longer than the one before by this factor. */
function growing(first: number, factor: number): readonly number[] {
  return Array.from({ length: 20 }, (_, i) => Math.round(first * factor ** i));
}

function withoutWebhooks(): Handler {
  return async (request, forward) =>
    request.url.startsWith("/v1/webhook-endpoints") ? refusal(404, "ROUTE_NOT_FOUND") : await forward(request);
}

function backwards(value: Loose): Loose {
  if (Array.isArray(value)) return value.map(backwards);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, each]) => [name, backwards(each)]),
  );
}

function delayed(from: number, to: number): () => Handler {
  return () => async (request, forward) => {
    await new Promise((resolve) => setTimeout(resolve, from + Math.random() * (to - from)));
    return await forward(request);
  };
}

/** What was last seen of a user, a balance or a search is shown for some time after a write. */
function lagging(ms: number): () => Handler {
  return () => {
    const seen = new Map<string, Answered>();
    let written = 0;
    return async (request, forward) => {
      if (request.method !== "GET") {
        const found = await forward(request);
        written = performance.now();
        return found;
      }
      const found = await forward(request);
      const isOld = performance.now() - written < ms;
      const shown = isOld && found.status === 200 ? (seen.get(request.url) ?? found) : found;
      if (!isOld) seen.set(request.url, found);
      return { ...found, status: shown.status, body: shown.body };
    };
  };
}

/** Ids of users as whole numbers, in both directions. */
function numbered(): Handler {
  const ids: string[] = [];
  const outward = (text: string) =>
    text.replaceAll(/usr_[0-9A-Z]{26}/g, (id) => {
      if (!ids.includes(id)) ids.push(id);
      return String(880_000_000 + ids.indexOf(id));
    });
  const inward = (text: string) => text.replaceAll(/\b88\d{7}\b/g, (number) => ids[Number(number) - 880_000_000] ?? number);
  return async (request, forward) => {
    const found = await forward({
      ...request,
      url: inward(request.url),
      body: isMembers(request) ? Buffer.from(inward(request.body.toString())) : request.body,
    });
    const { location } = found.headers;
    return {
      ...found,
      headers: { ...found.headers, ...(location ? { location: outward(String(location)) } : {}) },
      body: isJson(request, found) ? Buffer.from(outward(found.body.toString())) : found.body,
    };
  };
}

function isMembers({ url, body }: Received): boolean {
  return /^\/v1\/(tokens|badges)\b/.test(url) && jsonOf({ body }) !== undefined;
}
