import { expect, it } from "vitest";
import { hostAllowlist } from "../../emulator/http/middleware/allow-host.ts";

const isAllowed = hostAllowlist(["Sandbox.test", "2001:DB8::7"]);

it.each(["localhost", "localhost:4010", "127.0.0.1:1", "[::1]", "[::1]:4010", "sandbox.test", "SANDBOX.test:80", "[2001:db8::7]:4010"])(
  "%s is served",
  (host) => expect(isAllowed(host)).toBe(true),
);

it.each([undefined, "", "example.com", "localhost.example.com", "::1", "[::2]:4010", "127.0.0.2", "a.sandbox.test"])("%s is not", (host) =>
  expect(isAllowed(host)).toBe(false),
);
