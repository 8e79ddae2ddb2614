/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of this machine: made once, so that clients need to trust it only once. */
export interface Certificates {
  /** The authority's own certificate (PEM), the file that clients are told to trust. */
  readonly caFile: string;
  /** A certificate for these names and addresses, valid for the next weeks. */
  issue(hosts: readonly string[]): Promise<Certificate>;
}
