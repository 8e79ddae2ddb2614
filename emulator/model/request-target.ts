/** The parts of a request target (RFC 9112, 3.2). */
interface RequestTarget {
  /** Of an absolute target, as it was sent; null for every other form. */
  readonly authority: string | null;
  /** Without query and fragment. */
  readonly path: string;
}

export function targetOf(url: string): RequestTarget {
  const [whole, authority = null] = url.startsWith("/") ? ["", null] : (/^[a-z][\w+.-]*:\/\/([^/?#\\]*)/i.exec(url) ?? [""]);
  const path = url.slice(whole.length).split(/[?#]/, 1)[0] as string;
  return { authority, path: authority === null ? path : path || "/" };
}

interface Received {
  readonly url?: string | undefined;
  readonly headers: { host?: string | undefined };
  readonly rawHeaders: readonly string[];
}

/**
 * Which host a request is for: the authority of an absolute target counts and the Host header does not (RFC 9112, 3.2.2), so that this
 * authority becomes the header for all that follows.
 */
export function settleHost({ url = "", headers }: Received): void {
  const { authority } = targetOf(url);
  if (authority !== null) headers.host = authority;
}

/** How often a field (its name in lower case) was sent. Node keeps the first Host and the first Authorization, and says nothing of others. */
export function timesSent({ rawHeaders }: Pick<Received, "rawHeaders">, name: string): number {
  return rawHeaders.filter((field, at) => at % 2 === 0 && field.length === name.length && field.toLowerCase() === name).length;
}
