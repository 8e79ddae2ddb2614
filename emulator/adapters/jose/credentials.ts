import type { JWK } from "jose";
import type { IssuerKey } from "../../model/issuer-key.ts";
import type { CredentialPayload, Credentials } from "../../ports/credentials.ts";
import { PUBLICLY_KNOWN_KEY } from "./publicly-known-key.ts";

const ALG = "RS256";
/**
 * Open Badges 3.0 §8.2.4.1: "If present, MUST be set to "JWT"." VC-JOSE-COSE §3.1.1 contradicts it: "The typ header parameter SHOULD be
 * vc+jwt." The MUST is of the narrower specification and wins; earlier releases followed the SHOULD, and what they signed is accepted.
 */
const TYP = "JWT";
const ACCEPTED: readonly unknown[] = [TYP, "vc+jwt"];

/** Credentials signed with RSA-2048 by jose, which is loaded when the first one is asked for. */
export class JoseCredentials implements Credentials {
  readonly #seeded: boolean;

  /** `seeded`: use the key that everybody knows, so that equal seeds give equal credentials. */
  constructor(seeded: boolean) {
    this.#seeded = seeded;
  }

  async newKey(): Promise<Omit<IssuerKey, "created_at">> {
    if (this.#seeded) return PUBLICLY_KNOWN_KEY;
    const jose = await import("jose");
    const { privateKey } = await jose.generateKeyPair(ALG, { modulusLength: 2048, extractable: true });
    const private_jwk = await jose.exportJWK(privateKey);
    return { id: await jose.calculateJwkThumbprint(private_jwk), private_jwk: { ...private_jwk } };
  }

  publicJwk({ private_jwk }: IssuerKey, kid: string): Readonly<Record<string, string>> {
    const { kty, n, e } = private_jwk as Record<"kty" | "n" | "e", string>;
    return { kty, use: "sig", alg: ALG, kid, n, e };
  }

  async sign(payload: CredentialPayload, key: IssuerKey, kid: string): Promise<string> {
    const jose = await import("jose");
    // jose asks whether it is an instance of the global Uint8Array, which a Buffer is not where a test's environment (jsdom) has replaced that.
    const signer = new jose.CompactSign(Uint8Array.from(Buffer.from(JSON.stringify(payload))));
    return signer.setProtectedHeader({ alg: ALG, kid, typ: TYP }).sign(await jose.importJWK(key.private_jwk as JWK, ALG));
  }

  async verify(token: string, keys: readonly IssuerKey[]): Promise<CredentialPayload | null> {
    if (!token.split(".").every(isCanonical)) return null;
    const jose = await import("jose");
    try {
      const { kid, typ } = jose.decodeProtectedHeader(token);
      const id = kid?.split(/[/#]/).at(-1);
      const key = keys.find((each) => each.id === id);
      if (!key || !ACCEPTED.includes(typ)) return null;
      const publicKey = await jose.importJWK(this.publicJwk(key, key.id), ALG);
      const { payload } = await jose.compactVerify(token, publicKey, { algorithms: [ALG] });
      const parsed: unknown = JSON.parse(Buffer.from(payload).toString());
      return typeof parsed === "object" ? (parsed as CredentialPayload | null) : null;
    } catch {
      return null;
    }
  }
}

/** Base64url in its one true form: the spare bits of the last character could otherwise be altered unnoticed (RFC 4648 §3.5). */
function isCanonical(part: string): boolean {
  return Buffer.from(part, "base64url").toString("base64url") === part;
}
