import { BlockList, isIP } from "node:net";

/** What kind of place an address is: who may be called by a server that anybody can point somewhere. */
export type AddressKind = "public" | "loopback" | "private" | "link_local";

const lists: Readonly<Record<Exclude<AddressKind, "public">, BlockList>> = {
  loopback: subnets(["127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128"]),
  // Link-local (RFC 3927, RFC 4291) and the addresses at which clouds tell machines their secrets.
  link_local: subnets(["169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32"]),
  // Private (RFC 1918, RFC 4193), shared (RFC 6598), benchmarking, protocol, documentation, multicast and reserved ranges.
  private: subnets([
    ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "0.0.0.0/8", "192.0.0.0/24", "198.18.0.0/15"],
    ...["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "fc00::/7", "ff00::/8", "64:ff9b::/96", "2001:db8::/32"],
  ]),
};

/** The kind of an IP address; null if the text is none. IPv4 written in IPv6 (`::ffff:10.0.0.1`) counts as what it is. */
export function addressKind(address: string): AddressKind | null {
  const plain = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const version = isIP(plain);
  if (version === 0) return null;
  const family = version === 4 ? "ipv4" : "ipv6";
  for (const kind of ["loopback", "link_local", "private"] as const) if (lists[kind].check(plain, family)) return kind;
  return "public";
}

function subnets(all: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of all) {
    const [network = "", bits] = each.split("/");
    list.addSubnet(network, Number(bits), network.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}
