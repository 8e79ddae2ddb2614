import { expect, it } from "vitest";
import { addressKind, hostKind, originOf } from "../../emulator/model/network.ts";

it.each([
  ["127.0.0.1", "loopback"],
  ["127.255.0.9", "loopback"],
  ["0.0.0.0", "loopback"],
  ["::1", "loopback"],
  ["[::1]", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["169.254.169.254", "metadata"],
  ["169.254.1.1", "link_local"],
  ["::ffff:169.254.169.254", "metadata"],
  ["fe80::1%eth0", "link_local"],
  ["fd00:ec2::254", "metadata"],
  ["100.100.100.200", "metadata"],
  ["10.1.2.3", "private"],
  ["172.31.255.255", "private"],
  ["192.168.0.1", "private"],
  ["100.64.0.1", "private"],
  ["fc00::1", "private"],
  ["224.0.0.1", "multicast"],
  ["255.255.255.255", "multicast"],
  ["64:ff9b::a00:1", "private"],
  ["172.32.0.1", "public"],
  ["8.8.8.8", "public"],
  ["2606:4700::1111", "public"],
  ["school.example", null],
  ["", null],
])("%s is %s", (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});

it.each([
  ["localhost", "loopback"],
  ["Hooks.LOCALHOST.", "loopback"],
  ["metadata.google.internal", "metadata"],
  ["10.0.0.1", "private"],
  ["[fe80::1]", "link_local"],
  ["school.example", "public"],
])("the host %s is %s", (host, kind) => {
  expect(hostKind(host)).toBe(kind);
});

it.each([
  ["127.0.0.1", "http://127.0.0.1:4010"],
  ["0.0.0.0", "http://127.0.0.1:4010"],
  ["::", "http://[::1]:4010"],
  ["0:0:0:0:0:0:0:0", "http://[::1]:4010"],
  ["::0", "http://[::1]:4010"],
  ["::ffff:0.0.0.0", "http://127.0.0.1:4010"],
  ["", "http://127.0.0.1:4010"],
  ["::1", "http://[::1]:4010"],
  ["sandbox.test", "http://sandbox.test:4010"],
])("who listens on %s is reached at %s", (host, origin) => {
  expect(originOf("http", host, 4010)).toBe(origin);
});
