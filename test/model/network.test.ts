import { expect, it } from "vitest";
import { originOf } from "../../emulator/model/network.ts";

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
