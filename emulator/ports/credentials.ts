import type { IssuerKey } from "../model/issuer-key.ts";

export type CredentialPayload = Readonly<Record<string, unknown>>;

/**
 * Signed credentials: compact JWTs with RS256 and the header `{alg, kid, typ: "JWT"}` (Open Badges 3.0 §8.2).
 * Contract suite: test/ports/credentials.ts.
 */
export interface Credentials {
  /** A new key pair; the same one each time when the sandbox is seeded. */
  newKey(): Promise<Omit<IssuerKey, "created_at">>;
  /** The public half as a JWK (RFC 7517): `kty use alg kid n e`. */
  publicJwk(key: IssuerKey, kid: string): Readonly<Record<string, string>>;
  /** Signs a payload. The same input gives the same text. `kid`: a URI that ends in `/` or `#` and the id of the key. */
  sign(payload: CredentialPayload, key: IssuerKey, kid: string): Promise<string>;
  /**
   * The payload of a token that one of the keys has signed: the one whose id `kid` ends in, wherever that points. Null if the token is
   * malformed, altered in any character, of another algorithm or by another key. `typ` may also be `vc+jwt`, as earlier releases wrote it.
   * The time is not looked at.
   */
  verify(token: string, keys: readonly IssuerKey[]): Promise<CredentialPayload | null>;
}
