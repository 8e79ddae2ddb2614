import { describe, expect, it } from "vitest";
import { Access } from "../../../emulator/control/access/access.ts";
import { isLoopbackOrigin, isOriginOfHost } from "../../../emulator/control/access/origins.ts";
import { normalOrigin, ORIGIN } from "../../../emulator/model/origin.ts";

describe("a loopback origin", () => {
  it.each([
    "http://localhost",
    "https://localhost",
    "http://localhost:3000",
    "http://127.0.0.1:5173",
    "https://[::1]:8443",
    "http://[::1]",
  ])("%s is one", (origin) => expect(isLoopbackOrigin(origin)).toBe(true));
  it.each(["http://app.localhost", "https://a.b.localhost:8443"])("%s is one", (origin) => expect(isLoopbackOrigin(origin)).toBe(true));

  it.each([
    ...["null", "", "*", "none", "localhost", "//localhost", "http://", "file://", "file://localhost", "about:blank"],
    ...["http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://evil-localhost", "http://evillocalhost"],
    ...["http://localhost.", "http://localhost@evil.example", "http://evil.example#localhost", "http://evil.example/.localhost"],
    ...["http://localhost:3000/", "http://localhost:80", "https://localhost:443", "HTTP://localhost", "http://LOCALHOST"],
    ...[
      "http://127.1",
      "http://2130706433",
      "http://0x7f.1",
      "http://127.0.0.2",
      "http://0.0.0.0",
      "http://[::]",
      "http://[::ffff:7f00:1]",
    ],
    ...["http://[0:0:0:0:0:0:0:1]", "http://10.0.0.1", "http://192.168.1.7:3000", "http://l\u043ecalhost", "http://xn--lcalhost-9ig"],
    ...[
      "ws://localhost",
      "ftp://localhost",
      "chrome-extension://localhost",
      "http://localhost, http://evil.example",
      "http://localhost:99999",
    ],
  ])("%j is none", (origin) => expect(isLoopbackOrigin(origin)).toBe(false));
});

it.each([
  ["http://127.0.0.1:4010", "127.0.0.1:4010", true],
  ["https://127.0.0.1:4010", "127.0.0.1:4010", true],
  ["http://sandbox.test", "sandbox.test", true],
  ["http://sandbox.test", "SANDBOX.test:80", true],
  ["https://sandbox.test", "sandbox.test:443", true],
  ["http://sandbox.test", "sandbox.test:443", false],
  ["http://[::1]:4010", "[::1]:4010", true],
  ["http://127.0.0.1:4010", "127.0.0.1:4011", false],
  ["http://127.0.0.1:4010", "localhost:4010", false],
  ["http://127.0.0.1", "127.0.0.1:4010", false],
  ["null", "null", false],
  ["http://127.0.0.1:4010", undefined, false],
  ["http://a@127.0.0.1:4010", "127.0.0.1:4010", false],
  ["chrome-extension://abc", "abc", false],
])("%s is a page of %s: %s", (origin, host, expected) => expect(isOriginOfHost(origin, host)).toBe(expected));

describe("an origin that is named", () => {
  it.each([
    ["https://app.example", "https://app.example"],
    ["https://App.Example:443", "https://app.example"],
    ["http://app.example:80", "http://app.example"],
    ["http://[0:0::1]:3000", "http://[::1]:3000"],
    ["Chrome-Extension://abc".toLowerCase(), "chrome-extension://abc"],
    ["moz-extension://5a8cb2f6-0000-4000-8000-000000000000", "moz-extension://5a8cb2f6-0000-4000-8000-000000000000"],
  ])("%s serves pages of %s", (named, sent) => {
    expect(ORIGIN.test(named)).toBe(true);
    expect(normalOrigin(named)).toBe(sent);
    expect(new Access({ cors: [named] }).originFor("api", { origin: sent })).toBe(sent);
  });

  it("* serves every page, and never says which", () => {
    const access = new Access({ cors: ["*"] });
    for (const origin of ["https://evil.example", "null", "http://localhost:1"]) expect(access.originFor("api", { origin })).toBe("*");
    expect(access.originFor("api", {})).toBeNull();
    expect(access.originFor("rpc", { origin: "https://evil.example" })).toBeNull();
  });

  it("none serves no page, but those that are named with it", () => {
    const access = new Access({ cors: ["none", "https://app.example"], rpcCors: ["none"] });
    expect(access.originFor("api", { origin: "http://localhost:3000" })).toBeNull();
    expect(access.originFor("api", { origin: "none" })).toBeNull();
    expect(access.originFor("api", { origin: "https://app.example" })).toBe("https://app.example");
    expect(access.rpc({ origin: "http://localhost:3000", host: "127.0.0.1:8545" })?.code).toBe("ORIGIN_NOT_ALLOWED");
  });
});
