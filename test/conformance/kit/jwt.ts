import { createPublicKey, generateKeyPairSync, type JsonWebKey, sign, verify } from "node:crypto";
import type { Json } from "./document.ts";

/** Compact JWTs signed with RS256, by the kit's own code: it must not share a library with what it judges. */

export interface Jwt {
  readonly header: Json;
  readonly payload: Json;
}

/** What it says, unverified; null when it is no JWT. */
export function readJwt(text: string): Jwt | null {
  const parts = text.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]*$/.test(part))) return null;
  try {
    const [header, payload] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as unknown);
    return isObject(header) && isObject(payload) ? { header, payload } : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Whether a key of the set, the one that `kid` names, has signed it. */
export function isSignedBy(text: string, keys: readonly Json[]): boolean {
  const { header } = readJwt(text) ?? {};
  const key = keys.find(({ kid }) => typeof kid === "string" && kid === header?.kid);
  if (key?.kty !== "RSA" || header?.alg !== "RS256") return false;
  const [head, body, signature = ""] = text.split(".");
  try {
    const publicKey = createPublicKey({ key: key as JsonWebKey, format: "jwk" });
    return verify("sha256", Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, "base64url"));
  } catch {
    // A key that is none has signed nothing.
    return false;
  }
}

/** Ways to forge a credential, each with what was done. */
export function forgeries(text: string): readonly { readonly what: string; readonly credential: string }[] {
  const { header, payload } = readJwt(text) as Jwt;
  const [head = "", body = "", signature = ""] = text.split(".");
  const other = part({ ...payload, name: "Another badge" });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const resigned = sign("sha256", Buffer.from(`${head}.${body}`), privateKey).toString("base64url");
  return [
    { what: "another payload under the old signature", credential: `${head}.${other}.${signature}` },
    { what: "a signature with one byte changed", credential: `${head}.${body}.${changed(signature)}` },
    { what: "no signature", credential: `${head}.${body}.` },
    { what: "alg none", credential: `${part({ ...header, alg: "none" })}.${body}.` },
    { what: "another issuer's signature under the same kid", credential: `${head}.${body}.${resigned}` },
  ];
}

function part(value: Json): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function changed(signature: string): string {
  const bytes = Buffer.from(signature, "base64url");
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return bytes.toString("base64url");
}
