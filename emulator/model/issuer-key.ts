/** An RSA key pair that signs credentials. It stands in its own journaled record and nowhere else. */
export interface IssuerKey {
  /** RFC 7638 thumbprint of the public key: the last segment of `kid`. */
  readonly id: string;
  /** JWK (RFC 7517) with the private members. */
  readonly private_jwk: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}
