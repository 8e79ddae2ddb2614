/** What names of secrets end with: `client_secret`, `X-Auth-Token`, `dbPassword`, `user[api_key]`; not `token_id` or `idempotency_key`. */
const SECRET =
  /(?:passw(?:or)?d|passphrase|pwd|secret|token|bearer|authori[sz]ation|authentication|cookie2?|(?:api|access|private|secret|signing)key)$/;

/** Names that clients send again with each request, and their like. */
const known = new Map<string, boolean>();
const MOST_KNOWN = 1000;

/**
 * Whether a member, a query parameter or a header field of this name holds a secret, whatever its value looks like. How it is written does
 * not matter: upper or lower case, with hyphens, underscores or brackets, percent-encoded.
 */
export function isSecretName(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const isSecret = SECRET.test(lettersOf(name));
  if (known.size === MOST_KNOWN) known.clear();
  if (name.length <= 100) known.set(name, isSecret);
  return isSecret;
}

function lettersOf(name: string): string {
  const decoded = name.replace(/%(?:25)*([2-7][0-9a-f])/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return decoded.toLowerCase().replace(/[^a-z0-9]/g, "");
}
