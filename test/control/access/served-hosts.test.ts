import { describe, expect, it } from "vitest";
import { ServedHosts } from "../../../emulator/control/access/served-hosts.ts";

const LOOPBACK = ["localhost", "LOCALHOST:80", "localhost:4010", "app.localhost:4010", "127.0.0.1:1", "[::1]", "[::1]:4010"];
const NAMED = ["sandbox.test", "SANDBOX.test:80", "[2001:db8::7]:4010", "ported.test:1"];
const ADDRESSES = [
  "192.168.1.7",
  "[fe80::1%25eth0]:4010",
  "192.168.1.7:4010",
  "10.0.0.1:80",
  "127.0.0.2",
  "0.0.0.0:4010",
  "[fe80::1]:4010",
  "[::2]",
];
const NEVER = [
  ...[undefined, "", "example.com", "localhost.example.com", "::1", "a.sandbox.test", "192.168.1.7.example.com", "[::1", "[example.com]"],
  ...[
    "127.0.0.1@evil.example",
    "evil.example/.localhost",
    ".localhost",
    "notlocalhost",
    "localhost:x",
    "1.2.3",
    "0x7f.1",
    "2130706433",
    "192.168.1.7:4010:4010",
    "[::1]]",
  ],
];

const served = (...hosts: string[]) => {
  const all = new ServedHosts(["Sandbox.test", "2001:DB8::7", "ported.test:4010"]);
  for (const host of hosts) all.add(host);
  return all;
};

describe.each<[string, ServedHosts, boolean]>([
  ["nowhere", served(), false],
  ["127.0.0.1", served("127.0.0.1"), false],
  ["localhost and ::1", served("localhost", "::1"), false],
  ["0.0.0.0", served("0.0.0.0"), true],
  ["::", served("::"), true],
  ["an address", served("192.168.1.9"), true],
  ["loopback and a name", served("127.0.0.1", "my-machine"), true],
])("listening on %s", (_where, hosts, servesAddresses) => {
  it.each([...LOOPBACK, ...NAMED])("%s is served", (host) => expect(hosts.has(host)).toBe(true));
  it.each(ADDRESSES)(`%s is ${servesAddresses ? "served: no address comes from rebinding" : "not"}`, (host) =>
    expect(hosts.has(host)).toBe(servesAddresses),
  );
  it.each(NEVER)("%s is not", (host) => expect(hosts.has(host)).toBe(false));
});

it("a host that is listened on is served by its name", () => {
  expect(served("my-machine").has("my-machine:4010")).toBe(true);
  expect(served("127.0.0.2").has("127.0.0.2:4010")).toBe(true);
  expect(served("127.0.0.2").has("127.0.0.3:4010")).toBe(false);
});

it("says which, for people", () => {
  expect(String(served("127.0.0.1"))).toBe("localhost, 127.0.0.1, [::1], sandbox.test, [2001:db8::7], ported.test");
  expect(String(served("0.0.0.0"))).toMatch(/ported\.test and any address$/);
});
