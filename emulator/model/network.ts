import { BlockList, isIP } from "node:net";

/** What kind of place an address is: who may be called by a server that anybody can point somewhere. */
export type AddressKind = "public" | "loopback" | "private" | "link_local" | "metadata" | "multicast";

/** In the order in which they are asked: an address of a cloud's metadata service is link-local or private as well. */
const KINDS: readonly (readonly [Exclude<AddressKind, "public">, BlockList])[] = [
  // Where clouds tell machines their secrets.
  [
    "metadata",
    subnets([
      ...["169.254.169.254/32", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32"],
      ...["fd00:ec2::254/128", "fd20:ce::254/128"],
    ]),
  ],
  ["loopback", subnets(["127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128"])],
  // RFC 3927, RFC 4291.
  ["link_local", subnets(["169.254.0.0/16", "fe80::/10"])],
  ["multicast", subnets(["224.0.0.0/4", "255.255.255.255/32", "ff00::/8"])],
  // Private (RFC 1918, RFC 4193), shared (RFC 6598), protocol, benchmarking, documentation and reserved ranges.
  [
    "private",
    subnets([
      ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "0.0.0.0/8", "192.0.0.0/24", "198.18.0.0/15"],
      ...["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "fc00::/7", "64:ff9b::/96", "2001:db8::/32"],
    ]),
  ],
];

/** The kind of an IP address; null if the text is none. IPv4 written in IPv6 (`::ffff:10.0.0.1`) counts as what it is. */
export function addressKind(address: string): AddressKind | null {
  const plain = address.replace(/^\[|\]$/g, "").split("%", 1)[0] ?? "";
  const version = isIP(plain);
  if (version === 0) return null;
  for (const [kind, list] of KINDS) if (list.check(plain, version === 4 ? "ipv4" : "ipv6")) return kind;
  return "public";
}

/** The kind of place that a host is by its name alone; `public` for one that only its addresses could tell. */
export function hostKind(hostname: string): AddressKind {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (name === "metadata.google.internal" || name === "metadata.goog") return "metadata";
  if (name === "localhost" || name.endsWith(".localhost")) return "loopback";
  return addressKind(name) ?? "public";
}

const LOOPBACK = subnets(["127.0.0.0/8", "::1/128"]);
const UNSPECIFIED = subnets(["0.0.0.0/32", "::/128"]);

/** Whether only this machine reaches a server that listens on this host. A name other than localhost may resolve to any address. */
export function isLoopbackHost(host: string): boolean {
  return host.toLowerCase() === "localhost" || isIn(LOOPBACK, host);
}

/** Whether a server that listens on this host listens on every address of the machine. */
export function isUnspecifiedHost(host: string): boolean {
  return host === "" || isIn(UNSPECIFIED, host);
}

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? "ipv4" : "ipv6");
}

/** Where clients on this machine reach a server: `http://127.0.0.1:4010`, also for one that listens on every address. */
export function originOf(scheme: "http" | "https", host: string, port: number): string {
  const loopback = host.includes(":") && !host.includes(".") ? "::1" : "127.0.0.1";
  const reachable = isUnspecifiedHost(host) ? loopback : host;
  return `${scheme}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

function subnets(all: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of all) {
    const [network = "", bits] = each.split("/");
    list.addSubnet(network, Number(bits), network.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}
