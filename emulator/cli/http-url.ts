import { isIP } from "node:net";
import { UsageError } from "./usage-error.ts";

/**
 * An http or https URL as people write it: `3000` and `:3000/hooks` are of localhost, `localhost:3000/hooks` is http. `flag` is what it was
 * given for. Throws UsageError for any other text, and for one with a user name or a number that URL parsers take for an IPv4 address.
 */
export function httpUrl(text: string, flag: string): string {
  const address = /^:?\d{1,5}(?![^/?])/.test(text)
    ? `http://localhost:${text.replace(/^:/, "")}`
    : /^[a-z][a-z\d+.-]*:\/\//i.test(text)
      ? text
      : `http://${text}`;
  const url = URL.parse(address);
  const isAddress = url !== null && url.username === "" && url.password === "" && url.port !== "0";
  const isHttp = isAddress && /^https?:$/.test(url.protocol) && !/^(\/|https?:(?!\/\/))/i.test(text);
  // `0x7f.1` and `2130706433` are 127.0.0.1 to a URL parser, and nobody means them.
  if (isHttp && (isIP(url.hostname) !== 4 || address.includes(url.hostname))) return address;
  throw new UsageError(`${flag} ${text}: give an http or https URL, such as http://localhost:3000/webhooks, or a port of localhost`);
}
