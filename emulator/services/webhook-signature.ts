import { createHmac } from "node:crypto";
import type { EventRecord } from "../model/event.ts";

const PREFIX = "whsec_";

/** The headers of a signed message, by Standard Webhooks 1.0.0. */
interface SignedHeaders extends Readonly<Record<string, string>> {
  readonly "webhook-id": string;
  /** Seconds since the epoch, of real time: receivers refuse old ones. */
  readonly "webhook-timestamp": string;
  /** `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret, with a space between. */
  readonly "webhook-signature": string;
}

/** Signs a body with each secret (`whsec_` and base64). `timestamp`: seconds since the epoch. */
function signedHeaders(secrets: readonly string[], id: string, timestamp: number, body: string): SignedHeaders {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signatures.join(" ") };
}

/** An event as it is sent, signed with each secret. `timestamp`: seconds since the epoch, of real time. */
export function signedEvent(event: EventRecord, secrets: readonly string[], timestamp: number) {
  const body = JSON.stringify({ type: event.type, timestamp: event.timestamp, data: event.data });
  const signed = signedHeaders(secrets, event.id, timestamp, body);
  return { headers: { "Content-Type": "application/json", "User-Agent": "getsmart-sandbox", ...signed }, body };
}

/** The secret that `listen` signs with: it follows from the sandbox's seed, so it is the same as long as the sandbox is. */
export function listenerSecret(seed: string): string {
  return `${PREFIX}${createHmac("sha256", seed).update("listen").digest("base64")}`;
}

interface TestPayload {
  /** The endpoint's secret, `whsec_…`. */
  readonly secret: string;
  /** What the receiver is to get: an object, or the exact text. */
  readonly payload: object | string;
  /** Default: `evt_test`. */
  readonly id?: string;
  /** Default: now. */
  readonly timestamp?: Date;
}

/** A webhook as the sandbox would send it, for unit tests of a receiver: `{headers, body}`. Send the body as it is. */
export function signTestPayload({ secret, payload, id = "evt_test", timestamp = new Date() }: TestPayload): {
  headers: SignedHeaders & { readonly "content-type": string };
  body: string;
} {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const signed = signedHeaders([secret], id, Math.floor(timestamp.getTime() / 1000), body);
  return { headers: { "content-type": "application/json", ...signed }, body };
}
