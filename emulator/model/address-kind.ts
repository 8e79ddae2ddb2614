import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** What kind of place an address is: who may be called by a server that anybody can point somewhere. */
export type AddressKind = "public" | "loopback" | "private" | "link_local" | "metadata" | "multicast";

/** Where clouds tell machines their secrets. Some of them are link-local or private as well. */
const METADATA = new Set(
  [
    ...["169.254.169.254", "169.254.170.2", "169.254.170.23", "168.63.129.16", "100.100.100.200", "192.0.0.192"],
    ...["fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"],
  ].map((address) => ipaddr.parse(address).toString()),
);
const METADATA_NAMES = new Set(["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"]);

/**
 * Ranges that the registries of special-purpose addresses of IANA (RFC 6890) call globally reachable, or do not list at all. What is in any
 * other range is private unless KINDS knows better.
 */
const GLOBAL = new Set<string>(["unicast", "as112", "amt", "as112v6", "orchid2", "droneRemoteIdProtocolEntityTags"]);

/** Single addresses that the registries call globally reachable within ranges that are not: anycast of PCP, TURN and DNS-SD SRP. */
const GLOBAL_ADDRESSES = new Set(
  ["192.0.0.9", "192.0.0.10", "2001:1::1", "2001:1::2", "2001:1::3"].map((each) => ipaddr.parse(each).toString()),
);

const KINDS: Readonly<Record<string, AddressKind>> = {
  loopback: "loopback",
  // To this machine itself; the other addresses of 0.0.0.0/8 count with it.
  unspecified: "loopback",
  linkLocal: "link_local",
  multicast: "multicast",
  broadcast: "multicast",
};

/** The block that IANA gives addresses for hosts from; all else outside the registries is reserved. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** Translators between IPv6-only hosts and the IPv4 internet (RFC 6052, 2.1): globally reachable, as the IPv4 address behind it is. */
const NAT64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/** Where an IPv4 address stands, as indexes of bytes. In 64:ff9b:1::/48 for a prefix of 48, 56, 64 or 96 bits (RFC 6052, 2.2; RFC 8215). */
const AT_END = [[12, 13, 14, 15]];
const CARRIED_AT: Readonly<Record<string, readonly (readonly number[])[]>> = {
  ipv4Mapped: AT_END,
  rfc6145: AT_END,
  rfc6052: [[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], ...AT_END],
  "6to4": [[2, 3, 4, 5]],
};

/** The kind of an IP address; null if the text is none. IPv4 carried in IPv6 (`::ffff:10.0.0.1`) counts as what it is. */
export function addressKind(address: string): AddressKind | null {
  const plain = address.replace(/^\[|\]$/g, "").split("%", 1)[0] ?? "";
  // The library also takes `10.1` and `0x7f.1`, which are no addresses here: URL parsers have already rewritten them.
  if (isIP(plain) === 0) return null;
  const parsed = ipaddr.parse(plain);
  if (METADATA.has(parsed.toString())) return "metadata";
  if (GLOBAL_ADDRESSES.has(parsed.toString())) return "public";
  return parsed instanceof ipaddr.IPv6 ? kindOfIPv6(parsed) : kindOfRange(parsed.range());
}

/** The kind of place that a host is by its name alone; `public` for one that only its addresses could tell. */
export function hostKind(hostname: string): AddressKind {
  const name = hostname.toLowerCase().replace(/\.{1,9}$/, "");
  if (METADATA_NAMES.has(name)) return "metadata";
  return isLocalhostName(name) ? "loopback" : (addressKind(name) ?? "public");
}

/** Whether a name means this machine, whatever a resolver says: `localhost` and every name below it (RFC 6761, 6.3). */
export function isLocalhostName(hostname: string): boolean {
  return /^([a-z\d_-]+\.)*localhost\.?$/i.test(hostname);
}

function kindOfRange(range: string): AddressKind {
  return KINDS[range] ?? (GLOBAL.has(range) ? "public" : "private");
}

function kindOfIPv6(address: ipaddr.IPv6): AddressKind {
  const range = address.range();
  const bytes = address.toByteArray();
  // `::a.b.c.d` (RFC 4291, 2.5.5.1) is in no range of its own.
  const isCompatible = range === "unicast" && bytes.slice(0, 12).every((byte) => byte === 0);
  const places = isCompatible ? AT_END : CARRIED_AT[range];
  if (range === "unicast" && address.match(GLOBAL_UNICAST) && isIsatap(bytes)) return addressKind(bytes.slice(12).join(".")) as AddressKind;
  if (!places) return range === "unicast" && !address.match(GLOBAL_UNICAST) ? "private" : kindOfRange(range);
  const kinds = places.map((at) => addressKind(at.map((index) => bytes[index]).join(".")) as AddressKind);
  if (range === "ipv4Mapped" || address.match(NAT64)) return kinds.at(-1) as AddressKind;
  return ALWAYS_REFUSED.find((kind) => kinds.includes(kind)) ?? "private";
}

/** An interface identifier that carries an IPv4 address, to which the packet is tunnelled (RFC 5214, 6.1). */
function isIsatap(bytes: readonly number[]): boolean {
  return (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
}

/** What a translator inside this network may make of an address that no host beyond it has. */
const ALWAYS_REFUSED: readonly AddressKind[] = ["metadata", "link_local", "multicast"];
