/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The authority that is kept cannot be used. It is never replaced by itself: clients trust it. */
export class AuthorityUnusable extends Error {
  override readonly name = "AuthorityUnusable";
}

/** A certificate authority of this machine: made once, so that clients need to trust it only once. */
export interface Certificates {
  /** The authority's own certificate (PEM), the file that clients are told to trust. An absolute path. */
  readonly caFile: string;
  /**
   * A certificate for these names and addresses, valid for a year. The first call makes the authority, which from then on can vouch for
   * this machine (localhost, loopback) and these hosts alone. Throws AuthorityUnusable when it is damaged, expired, or cannot vouch for
   * a host.
   */
  issue(hosts: readonly string[]): Promise<Certificate>;
}
