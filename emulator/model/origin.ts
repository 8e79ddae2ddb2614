/** An origin as people name it in a setting: scheme, host and perhaps a port; `*` for all, `none` for not even the default ones. */
export const ORIGIN = /^(\*|none|[a-z][a-z0-9+.-]{0,30}:\/\/([a-zA-Z0-9._-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])(:[0-9]{1,5})?)$/;

export const ORIGIN_FORM =
  "origins such as https://app.example, * for all, none for no loopback origins either; a list in the file, separated by commas elsewhere";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The origin as browsers write it (RFC 6454, 6.2): lower case, without the scheme's own port. */
export function normalOrigin(text: string): string {
  return webOrigin(text)?.origin ?? text.toLowerCase();
}

/**
 * Whether an Origin header names a page of this machine, whatever its port. The names are compared as a parsed URL has them, so that
 * `localhost.evil.example` and the like are not taken for one, and only as a browser writes them.
 */
export function isLoopbackOrigin(sent: string): boolean {
  const url = webOrigin(sent);
  return url !== null && url.origin === sent && (LOOPBACK.has(url.hostname) || url.hostname.endsWith(".localhost"));
}

/** Whether a page of this origin was served under the Host that the request names: same host, same port. */
export function isOriginOfHost(sent: string, host: string | undefined): boolean {
  const url = webOrigin(sent);
  if (url === null || url.origin !== sent || host === undefined) return false;
  const named = host.toLowerCase();
  return named === url.host || named === `${url.host}:${url.protocol === "https:" ? 443 : 80}`;
}

/** The URL of an http or https origin; null for another text. */
function webOrigin(text: string): URL | null {
  const url = URL.parse(text);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") ? url : null;
}
