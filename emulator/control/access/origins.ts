import { normalOrigin, webOrigin } from "../../model/origin.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Origins whose pages are served: loopback ones unless `none` is named, and those that are named. */
export class Origins {
  /** `*` is named. */
  readonly isOpen: boolean;
  readonly #loopback: boolean;
  readonly #named: ReadonlySet<string>;

  constructor(origins: readonly string[] = []) {
    this.isOpen = origins.includes("*");
    this.#loopback = !origins.includes("none");
    this.#named = new Set(origins.filter((each) => each !== "*" && each !== "none").map(normalOrigin));
  }

  has(origin: string): boolean {
    return this.isOpen || this.#named.has(origin) || (this.#loopback && isLoopbackOrigin(origin));
  }
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
