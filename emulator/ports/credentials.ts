import type { IssuerKey } from "../model/issuer-key.ts";

/**
 * Signed credentials: compact JWTs with RS256 and the header `{alg, kid, typ: "vc+jwt"}` (VC-JOSE-COSE, Open Badges 3.0 §8.2).
 * Contract suite: test/ports/credentials.ts.
 */
export interface Credentials {
  /** A new key pair; the same one each time when the sandbox is seeded. */
  newKey(createdAt: string): Promise<IssuerKey>;
  /** The public half as a JWK for the key set: `kty use alg kid n e`. */
  publicJwk(key: IssuerKey, kid: string): Readonly<Record<string, string>>;
  /** Signs a payload. The same input gives the same text. */
  sign(payload: Readonly<Record<string, unknown>>, key: IssuerKey, kid: string): Promise<string>;
  /** The payload of a token signed by one of the keys; null if it is malformed, altered, of another algorithm or by another key. */
  verify(token: string, keys: readonly IssuerKey[]): Promise<Readonly<Record<string, unknown>> | null>;
}
