import { createHmac } from "node:crypto";
import type { Hook } from "./receiver.ts";

/**
 * Standard Webhooks: `webhook-signature` is a list of `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the secret being
 * `whsec_` and base64. By the kit's own code: it must not share a library with what it judges.
 */
export function isSignedWith(secret: string, { headers, body }: Pick<Hook, "headers" | "body">): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures = "" } = headers;
  if (!id || !timestamp) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const text = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  // Compared as it is written: receivers do not take base64 without its padding, or in the alphabet for URLs.
  return signatures.split(" ").includes(`v1,${createHmac("sha256", key).update(text).digest("base64")}`);
}
