/** An origin as people name it in a setting: scheme, host and perhaps a port; `*` for all, `none` for not even the default ones. */
export const ORIGIN = /^(\*|none|[a-z][a-z0-9+.-]{0,30}:\/\/([a-zA-Z0-9._-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])(:[0-9]{1,5})?)$/;

export const ORIGIN_FORM =
  "origins such as https://app.example, * for all, none for no loopback origins either; a list in the file, separated by commas elsewhere";

/** The origin as browsers write it (RFC 6454, 6.2): lower case, without the scheme's own port. */
export function normalOrigin(text: string): string {
  return webOrigin(text)?.origin ?? text.toLowerCase();
}

/** The URL of an http or https origin; null for another text. */
export function webOrigin(text: string): URL | null {
  const url = URL.parse(text);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:") ? url : null;
}
