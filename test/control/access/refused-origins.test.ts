import { expect, it } from "vitest";
import { refusedOrigins } from "../../../emulator/control/access/refused-origins.ts";

it.each([
  ["https://app.example:8443", "/v1 does not serve pages of https://app.example:8443; to allow them: --cors https://app.example:8443"],
  ["null", "/v1 does not serve pages of null; to allow them: --cors '*'"],
  ...["\u009b31m", "x".repeat(300), "https://a.example;reboot", "https://$(reboot)", "*", "none", ""].map((odd): [string, string] => [
    odd,
    "/v1 does not serve pages of an origin that cannot be printed",
  ]),
])("%j is logged once: %s", (origin, sentence) => {
  const logged: string[] = [];
  const note = refusedOrigins("/v1", "--cors", (line) => logged.push(line));
  note(origin);
  note(origin);
  expect(logged).toEqual([sentence]);
});
