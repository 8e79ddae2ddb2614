import { BlockList, isIP } from "node:net";

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
