/** What meets text from outside takes time in proportion to its length: no text of a client, a page or a file can hold up the sandbox. */
import { runInThisContext } from "node:vm";
import addFormats, { type FormatName } from "ajv-formats";
import { describe, expect, it } from "vitest";
import { ServedHosts } from "../../emulator/control/access/served-hosts.ts";
import { parseDuration } from "../../emulator/control/duration.ts";
import { splitUrl } from "../../emulator/control/exchange.ts";
import { referencesIn } from "../../emulator/control/fixtures/references.ts";
import { parseWhen } from "../../emulator/control/fixtures/times.ts";
import { redactJsonText, redactText } from "../../emulator/control/redact.ts";
import { names } from "../../emulator/http/etag.ts";
import { addressKind } from "../../emulator/model/address-kind.ts";
import { pathPattern } from "../../emulator/model/path-pattern.ts";
import { matches as globMatches } from "../conformance/kit/glob.ts";
import { DEEP } from "../support/depth.ts";
import { attacks, pumpsOf, repeated } from "./adversarial.ts";
import { allExpressions, DOCUMENTS, expressionsInDocument, formatsIn } from "./expressions.ts";

/** Put together at run time, and why that is safe. Whoever adds one says why here. */
const BUILT: Readonly<Record<string, string>> = {
  "emulator/http/routes.ts": "one segment per parameter, of a path of the document",
  "test/conformance/requirements/http.ts": "a path of the document that is judged",
};

const LENGTH = DEEP ? 10_000 : 4000;
/** Linear work on a text of that length takes less than a millisecond. */
const SUSPICIOUS_MS = 10;
/** Of a text on which what takes quadratic time is suspicious on any machine. */
const TELLING_LENGTH = 20_000;
/** Nothing takes as long; a matcher that does is ended. */
const KILLED_AFTER_MS = 5000;

/** Fails when some text takes much more than in proportion to its length. */
function expectLinear(
  work: (text: string) => unknown,
  textsOf: (length: number) => Iterable<string>,
  { length = LENGTH, killedAfter = KILLED_AFTER_MS } = {},
): void {
  const slow = within(() => firstSlow(work, [...textsOf(length)]), killedAfter);
  for (const index of slow) {
    const [short, long] = [length, 4 * length].map((length) => [...textsOf(length)][index] as string) as [string, string];
    const ratio = within(() => cpu(work, long) / cpu(work, short), killedAfter);
    expect(ratio, `four times the text takes ${ratio.toFixed(1)} times as long: ${JSON.stringify(short.slice(0, 60))}…`).toBeLessThan(8);
  }
}

/** Which texts take suspiciously long, up to three of them. */
function firstSlow(work: (text: string) => unknown, texts: readonly string[]): number[] {
  const slow: number[] = [];
  for (const [index, text] of texts.entries()) {
    if (cpu(work, text) > SUSPICIOUS_MS) slow.push(index);
    if (slow.length === 3) break;
  }
  return slow;
}

/** Time of this process in ms, whatever else the machine does; the least of three if it is long. */
function cpu(work: (text: string) => unknown, text: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && least > SUSPICIOUS_MS; attempt++) {
    const began = process.cpuUsage();
    work(text);
    const { user, system } = process.cpuUsage(began);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Also ends a regular expression that never would by itself. */
function within<T>(work: () => T, timeout: number): T {
  Object.assign(globalThis, { workOfTest: work });
  return runInThisContext("workOfTest()", { timeout }) as T;
}

const run = (regex: RegExp) => (regex.global ? (text: string) => text.replaceAll(regex, "") : (text: string) => regex.test(text));
const textsFor = (regex: RegExp) => {
  const pumps = pumpsOf(regex);
  return (length: number) => pumps.flatMap((pump) => [...attacks(pump, length)]);
};

describe("regular expressions", () => {
  const { distinct, built } = allExpressions();

  it("are found", () => {
    expect(distinct.length).toBeGreaterThan(200);
    expect(DOCUMENTS.map((file) => expressionsInDocument(file).length > 10)).not.toContain(false);
  });

  it("are put together at run time only where it is known why", () => {
    expect([...new Set(built)].sort()).toEqual(Object.keys(BUILT).sort());
  });

  it.each(distinct)("$place: $regex", ({ regex }) => expectLinear(run(regex), textsFor(regex)));

  it.each([/(a+)+$/, /^\d*\.?\d+$/, /\$\{([^}]*)\}/g, /"(?:[^"\\]|\\.)*"/g, /%.*$/])("one that is slow would be noticed: %s", (regex) => {
    expect(() => expectLinear(run(regex), textsFor(regex), { length: TELLING_LENGTH, killedAfter: 300 })).toThrow();
  });
});

const { get } = addFormats.default;
const test = (format: ReturnType<typeof get>) => (text: string) => {
  const check = format instanceof RegExp ? format : ((format as { validate: RegExp | ((text: string) => boolean) }).validate ?? format);
  return check instanceof RegExp ? check.test(text) : (check as (text: string) => boolean)(text);
};

describe("what is more than one expression", () => {
  const quietly = (work: (text: string) => unknown) => (text: string) => {
    try {
      work(text);
    } catch {
      // Refused: as good an answer as any.
    }
  };
  const formats: string[] = [...new Set(DOCUMENTS.flatMap(formatsIn))].filter((name) => name !== "binary");
  const SEEDS: Readonly<Record<string, string>> = { email: "a.b@c-d.e", "date-time": "2026-01-01T00:00:00.0Z" };

  type Case = [what: string, work: (text: string) => unknown, seed: string];
  const named = (name: string): Case => [
    `format ${name}`,
    test(get(name as FormatName)),
    SEEDS[name] ?? "http://u:p@a.b-c:80/d%20/e?f=g#h",
  ];

  it.each<Case>([
    ...formats.map((name) => named(name)),
    ["a duration", parseDuration, "1.5h30m"],
    ["a time of a fixture", parseWhen, "-1.5h30m"],
    ["a reference of a fixture", referencesIn, `$\{ada.id} $\{b}`],
    ["a list of ETags", (text) => names(text, '"x"', "weak"), '"a", W/"b"'],
    ["the target of a request", splitUrl, "http://[a]:1/b?c%5f=gets_test_d#e"],
    ["a Host", (host: string) => new ServedHosts(["a.example"]).has(host), "[::1]:80"],
    ["an address", addressKind, "[fe80::1%eth0]"],
    ["a secret in a text", redactText, "gets_test_a whsec%5fb"],
    ["a secret in JSON", redactJsonText, '{"\\u0067ets_test_a": "b"}'],
    ["a path", pathPattern("/a*b{c}/d*{e}"), "/a/b-c/d/e"],
    ["a path with many stars", pathPattern(`${"*a".repeat(100)}x`), "/a"],
    ["the name of a requirement", (text) => globMatches(`${"*A".repeat(10)}?X`, text), "A"],
  ])("%s", (_, work, seed) => {
    const texts = (length: number) => [...seed].flatMap((_, at) => [1, 2, 3, seed.length].map((size) => attack(at, size, length)));
    const attack = (at: number, size: number, length: number) => `${seed.slice(0, at)}${repeated(seed.slice(at, at + size), length)}\u0000`;
    expectLinear(quietly(work), texts);
  });
});
