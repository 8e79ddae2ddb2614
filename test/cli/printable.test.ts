/** Text from outside reaches a terminal as text: no title, no colour, no second line of somebody else's. */
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { textLines } from "../../emulator/cli/listen/report.ts";
import { openLog } from "../../emulator/cli/log.ts";
import { oneLine, printable } from "../../emulator/cli/printable.ts";
import { requestLine } from "../../emulator/cli/requests.ts";
import { newUser, type World, world } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";
import { lines, sendRaw } from "../support/wire.ts";

/** Sets a title, clears the screen (of seven and of eight bits), goes back in the line, deletes, reverses, begins a line. */
const HOSTILE = "\u001b]0;x\u0007\u001b[2J\u009b2J\r\b\u007f\u202e\nFORGED";

/** Nothing but text and line breaks: what Node's own stripper and Unicode call a control is not in it. */
function expectPlain(output: string): void {
  expect(stripVTControlCharacters(output)).toBe(output);
  expect(output).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(output).not.toMatch(/^FORGED/m);
}

it("escapes as JSON does, so that printed JSON means the same", () => {
  expect(oneLine(HOSTILE)).toBe("\\u001b]0;x\\u0007\\u001b[2J\\u009b2J\\u000d\\u0008\\u007f\\u202e\\u000aFORGED");
  expect(JSON.parse(printable(JSON.stringify({ HOSTILE })))).toEqual({ HOSTILE });
  // What is not seen could make two names look the same.
  expect(oneLine("a\u200bb\ufeffc\u{e0041}d")).toBe("a\\u200bb\\ufeffc\\udb40\\udc41d");
  expect(printable("a\n\tb – ü 漢 👩‍🚀")).toBe("a\n\tb – ü 漢 👩‍🚀");
});

describe("what commands print", () => {
  let here: World;
  let url: string[];
  let id: string;
  const cwd = newFolder();
  const printed = async (...args: string[]) => {
    const { stdout, stderr } = await clientCommand([...args, ...url], { cwd });
    return stdout + stderr;
  };
  beforeAll(async () => {
    here = await world();
    const origin = await here.sandbox.listen();
    url = ["--url", `${origin}/_sandbox`];
    here.sandbox.keys.create({ name: HOSTILE, scopes: ["users:read"] });
    const { headers } = await sendRaw(
      origin,
      lines("GET /v1/\u001b]0;x\u0007\u001b[2J\u007f?\u001b[2J HTTP/1.1", "Connection: close", "X-Odd: \u009b2J"),
    );
    id = headers["request-id"] as string;
  });
  afterAll(() => here.sandbox.close());

  it.each([
    ["keys", "list"],
    ["limits", "show"],
    ["requests", "list"],
    ["requests", "list", "--format", "json"],
  ])("%s %s", async (...args) => {
    const output = await printed(...args);
    expect(output).toContain("\\u001b");
    expectPlain(output);
  });

  it("trace", async () => {
    const output = await printed("trace", id, "--headers");
    expect(output).toContain("\\u001b]0;x\\u0007");
    expectPlain(output);
  });

  it("the sentence of a refusal", async () => {
    const output = await printed("limits", "show", HOSTILE.replace("\n", " "));
    expect(output).toContain("there is no API key \\u001b");
    expectPlain(output);
  });

  it("requests as they come, and events", async () => {
    await newUser(here.api);
    const [request] = here.sandbox.requests.list();
    expectPlain(
      requestLine({ ...(request as NonNullable<typeof request>), path: HOSTILE, query: HOSTILE, code: HOSTILE, method: HOSTILE }),
    );
    const written: string[] = [];
    const report = textLines((text) => void written.push(text));
    report({ kind: "not_forwarded", event_id: HOSTILE, url: HOSTILE, error: "dns" });
    expectPlain(written.join(""));
  });
});

it.each(["pretty", "json"] as const)("the log: %s", (logFormat) => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
  const log = openLog({ silent: false, logLevel: "info", logFormat });
  log.info({ path: HOSTILE }, HOSTILE);
  log.error({ err: Object.assign(new Error("x"), { stack: HOSTILE.replace("\n", " ") }) }, HOSTILE);
  spy.mockRestore();
  expect(written.join("")).toContain("\\u001b");
  expectPlain(written.join(""));
});
