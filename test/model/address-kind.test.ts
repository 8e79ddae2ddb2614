import { expect, it } from "vitest";
import { addressKind, hostKind } from "../../emulator/model/address-kind.ts";

it.each([
  ["127.0.0.1", "loopback"],
  ["127.255.0.9", "loopback"],
  ["0.0.0.0", "loopback"],
  ["::", "loopback"],
  ["::1", "loopback"],
  ["[::1]", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["64:ff9b::127.0.0.1", "loopback"],
  ["169.254.1.1", "link_local"],
  ["fe80::1%eth0", "link_local"],
  ["10.1.2.3", "private"],
  ["172.31.255.255", "private"],
  ["192.168.0.1", "private"],
  ["100.64.0.1", "private"],
  ["fc00::1", "private"],
  ["64:ff9b::a00:1", "private"],
  ["224.0.0.1", "multicast"],
  ["::ffff:224.0.0.1", "multicast"],
  ["255.255.255.255", "multicast"],
  ["ff02::1", "multicast"],
  ["172.32.0.1", "public"],
  ["8.8.8.8", "public"],
  ["::ffff:8.8.8.8", "public"],
  ["64:ff9b::8.8.8.8", "public"],
  ["2606:4700::1111", "public"],
  ["school.example", null],
  ["10.1", null],
  ["0x7f000001", null],
  ["", null],
])("%s is %s", (address, kind) => {
  expect(addressKind(address)).toBe(kind);
});

it.each([
  ["as it is", "169.254.169.254"],
  ["mapped (RFC 4291)", "::ffff:a9fe:a9fe"],
  ["compatible (RFC 4291)", "::a9fe:a9fe"],
  ["translated (RFC 7915)", "::ffff:0:a9fe:a9fe"],
  ["NAT64 (RFC 6052)", "64:ff9b::a9fe:a9fe"],
  ["local NAT64 of 96 bits (RFC 8215)", "64:ff9b:1::a9fe:a9fe"],
  ["local NAT64 of 48 bits", "64:ff9b:1:a9fe:a9:fe00::"],
  ["local NAT64 of 56 bits", "64:ff9b:1:a9:fe:a9fe::"],
  ["local NAT64 of 64 bits", "64:ff9b:1:0:a9:fea9:fe00:0"],
  ["6to4 (RFC 3056)", "2002:a9fe:a9fe::1"],
  ["ISATAP (RFC 5214)", "2001:470::200:5efe:169.254.169.254"],
  ["of Amazon", "fd00:ec2::254"],
  ["of Amazon's pods", "fd00:ec2::23"],
  ["of Amazon, written out", "FD00:0EC2:0000:0000:0000:0000:0000:0254"],
  ["of Alibaba", "::ffff:100.100.100.200"],
])("a metadata service stays one: %s", (_how, address) => {
  expect(addressKind(address)).toBe("metadata");
});

/** Every block of the IANA IPv4 and IPv6 Special-Purpose Address Registries, and whether it is "Globally Reachable". */
const REGISTERED: readonly (readonly [inside: string, isGlobal: boolean])[] = [
  ["0.1.2.3", false], // 0.0.0.0/8 "This network"
  ["10.0.0.1", false], // 10.0.0.0/8
  ["100.64.0.1", false], // 100.64.0.0/10 Shared Address Space
  ["127.0.0.1", false], // 127.0.0.0/8
  ["169.254.0.1", false], // 169.254.0.0/16
  ["172.16.0.1", false], // 172.16.0.0/12
  ["192.0.0.1", false], // 192.0.0.0/24 IETF Protocol Assignments
  ["192.0.0.170", false], // 192.0.0.170/31 NAT64/DNS64 Discovery
  ["192.0.2.1", false], // 192.0.2.0/24 TEST-NET-1
  ["192.31.196.1", true], // 192.31.196.0/24 AS112-v4
  ["192.52.193.1", true], // 192.52.193.0/24 AMT
  ["192.168.0.1", false], // 192.168.0.0/16
  ["192.175.48.1", true], // 192.175.48.0/24 Direct Delegation AS112 Service
  ["198.18.0.1", false], // 198.18.0.0/15 Benchmarking
  ["198.51.100.1", false], // 198.51.100.0/24 TEST-NET-2
  ["203.0.113.1", false], // 203.0.113.0/24 TEST-NET-3
  ["240.0.0.1", false], // 240.0.0.0/4 Reserved
  ["::1", false],
  ["::", false],
  ["64:ff9b:1::1", false], // 64:ff9b:1::/48 IPv4-IPv6 Translat.
  ["100::1", false], // 100::/64 Discard-Only
  ["100:0:0:1::1", false], // 100:0:0:1::/64 Dummy IPv6 Prefix
  ["2001::1", false], // 2001::/32 TEREDO, N/A
  ["2001:2::1", false], // 2001:2::/48 Benchmarking
  ["2001:3::1", true], // 2001:3::/32 AMT
  ["2001:4:112::1", true], // 2001:4:112::/48 AS112-v6
  ["2001:10::1", false], // 2001:10::/28 Deprecated ORCHID
  ["2001:20::1", true], // 2001:20::/28 ORCHIDv2
  ["2001:30::1", true], // 2001:30::/28 Drone Remote ID
  ["2001:1ff::1", false], // 2001::/23 IETF Protocol Assignments
  ["2001:db8::1", false], // 2001:db8::/32 Documentation
  ["2002:808:808::1", false], // 2002::/16 6to4, N/A
  ["2620:4f:8000::1", true], // 2620:4f:8000::/48 Direct Delegation AS112 Service
  ["3fff::1", false], // 3fff::/20 Documentation
  ["5f00::1", false], // 5f00::/16 Segment Routing (SRv6) SIDs
  ["fc00::1", false], // fc00::/7 Unique-Local
  ["fe80::1", false], // fe80::/10 Link-Local Unicast
  ["192.0.0.9", true], // 192.0.0.9/32 Port Control Protocol Anycast, within 192.0.0.0/24
  ["192.0.0.10", true], // 192.0.0.10/32 TURN Anycast
  ["192.0.0.11", false],
  ["2001:1::1", true], // 2001:1::1/128 Port Control Protocol Anycast, within 2001::/23
  ["2001:1::4", false],
  ["2001:470::200:5efe:127.0.0.1", false],
  ["2001:470::5efe:8.8.8.8", true],
  ["fec0::1", false], // formerly site-local (RFC 3879), not given out since
  ["4000::1", false], // outside 2000::/3: not given out (IANA IPv6 Address Space)
  ["::ffff:0:808:808", false],
  ["64:ff9b:1::808:808", false],
];

it.each(REGISTERED)("%s, globally reachable: %s", (address, isGlobal) => {
  expect(addressKind(address) === "public").toBe(isGlobal);
});

it.each([
  ["localhost", "loopback"],
  ["Hooks.LOCALHOST.", "loopback"],
  ["notlocalhost", "public"],
  ["localhost.example", "public"],
  ["metadata.google.internal", "metadata"],
  ["metadata.google.internal..", "metadata"],
  ["instance-data.ec2.internal", "metadata"],
  ["metadata", "metadata"],
  ["10.0.0.1", "private"],
  ["[fe80::1]", "link_local"],
  ["school.example", "public"],
])("the host %s is %s", (host, kind) => {
  expect(hostKind(host)).toBe(kind);
});
