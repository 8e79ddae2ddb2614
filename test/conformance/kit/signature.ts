import { createHmac, timingSafeEqual } from "node:crypto";
import type { Hook } from "./receiver.ts";

/**
 * Standard Webhooks: `webhook-signature` is a list of `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, the secret being
 * `whsec_` and base64. By the kit's own code: it must not share a library with what it judges.
 */
export function isSignedWith(secret: string, { headers, body }: Pick<Hook, "headers" | "body">): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const text = Buffer.concat([Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`), body]);
  const expected = createHmac("sha256", key).update(text).digest();
  return (headers["webhook-signature"] ?? "").split(" ").some((each) => {
    const [version, value = ""] = each.split(",");
    const found = Buffer.from(value, "base64");
    return version === "v1" && found.length === expected.length && timingSafeEqual(found, expected);
  });
}
