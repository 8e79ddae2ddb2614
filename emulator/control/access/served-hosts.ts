import { isIP, isIPv6 } from "node:net";
import { isLocalhostName } from "../../model/address-kind.ts";
import { isLoopbackHost, isUnspecifiedHost } from "../../model/network.ts";

/**
 * The Host headers that are served, whatever their port: loopback's (with the names below localhost), names that were added, and each host that a server listens on. Once
 * one listens beyond loopback, every address literal is served too: DNS rebinding needs a name.
 */
export class ServedHosts {
  readonly #names = new Set(["localhost", "127.0.0.1", "[::1]"]);
  #servesAddresses = false;
  /** A client names the same one with every request. */
  #latest: string | undefined;

  constructor(names: readonly string[] = []) {
    for (const name of names) this.#names.add(asHeader(name));
  }

  /** A server is going to listen on this host. */
  add(host: string): void {
    if (!isUnspecifiedHost(host)) this.#names.add(asHeader(host));
    this.#servesAddresses ||= !isLoopbackHost(host);
  }

  /** `host`: the header's value. */
  has(host: string | undefined): boolean {
    if (host === undefined) return false;
    if (host === this.#latest) return true;
    const name = withoutPort(host.toLowerCase());
    const isServed = this.#names.has(name) || isLocalhostName(name) || (this.#servesAddresses && isAddress(name));
    if (isServed) this.#latest = host;
    return isServed;
  }

  /** For people: `localhost, 127.0.0.1, [::1], sandbox.test and any address`. */
  toString(): string {
    return `${[...this.#names].join(", ")}${this.#servesAddresses ? " and any address" : ""}`;
  }
}

/** As a Host header names it. */
function asHeader(name: string): string {
  return isIPv6(name) ? `[${name.toLowerCase()}]` : withoutPort(name.toLowerCase());
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "");
}

function isAddress(name: string): boolean {
  return name.startsWith("[") ? isIPv6(name.slice(1, -1)) && name.endsWith("]") : isIP(name) === 4;
}
