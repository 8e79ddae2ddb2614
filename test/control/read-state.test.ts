/** A saved state is written and read record by record: of any size, in any layout, bounded, and others get their turn. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { listIn } from "../../emulator/control/fixtures/plain-yaml.ts";
import { readState } from "../../emulator/control/fixtures/read-state.ts";
import type { SavedState } from "../../emulator/control/fixtures/state-file.ts";
import { writeState } from "../../emulator/control/fixtures/write-state.ts";
import { yamlData } from "../../emulator/control/fixtures/yaml-data.ts";
import { memoryWarning, refuseFullMemory, watchMemory } from "../../emulator/control/memory.ts";
import type { User } from "../../emulator/model/user.ts";
import { anyText } from "../support/any-text.ts";
import { DEEP, runs } from "../support/depth.ts";
import { user } from "../support/records.ts";

const AT = { at: "2026-01-01T00:00:00.000Z", clock: "frozen", ids: 7 } as const;
const state = (users: readonly User[]): SavedState => ({ ...AT, records: { users } });

async function written(saved: SavedState): Promise<string> {
  let text = "";
  for await (const piece of writeState(saved)) text += piece;
  return text;
}
async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
const read = (text: string, size = 1 << 16) => readState(inPieces(text, size));
const three = [user("usr_1"), user("usr_2", { metadata: { note: "two\nlines: yes\n\n  - indented" } }), user("usr_3")];

describe("what is written", () => {
  it("is one YAML document, readable by anything that reads YAML", async () => {
    const { fixture, state: found } = parse(await written(state(three)));
    expect([fixture, found.format, found.count]).toEqual(["export", 1, 3]);
    expect(found.records.users).toEqual(three);
    expect(found.records.events).toEqual([]);
  });

  it("comes back, whatever its texts hold, and however it is cut into pieces", async () => {
    const texts = fc.oneof(
      anyText(),
      fc.constantFrom(
        "\u2028",
        "\u2029x",
        "a\n\n b\n",
        "- a",
        "#",
        "x: y",
        "\r\n",
        " ",
        "---",
        "\t",
        "&a",
        "*a",
        "|",
        "state:\n  records:",
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(texts, texts), { maxLength: 4 }),
        texts,
        fc.integer({ min: 1, max: 300 }),
        async (maps, name, size) => {
          const users = maps.map((metadata, i) => JSON.parse(JSON.stringify(user(`usr_${i}`, { display_name: name, metadata }))));
          const { records } = await read(await written(state(users)), size);
          expect(records.users).toEqual(users);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});

it("what is read fast is read as YAML says", () => {
  const part = fc.constantFrom(
    ...[
      "- ",
      "-",
      "  ",
      "    ",
      "a:",
      "a: ",
      "b: ",
      '"c d": ',
      "x",
      "7",
      "-0",
      "1e3",
      "0x1f",
      "null",
      "~",
      "yes",
      '"q"',
      "[]",
      "{}",
      "[1]",
    ],
    ...[
      "\n",
      "\n  ",
      "\n    ",
      "\n- ",
      "&x ",
      "*x",
      "!!str 7",
      "'s'",
      "# c",
      " # c",
      "| ",
      ">",
      "2026-01-01T00:00:00Z",
      "a:b",
      "a: b: c",
      ":",
      "@",
    ],
  );
  // A dash without a space is no item.
  expect(listIn(["- x", "-*x"], 0)).toBeNull();
  let fast = 0;
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
      const text = `- ${parts.join("")}`;
      const list = listIn(text.split("\n"), 0);
      if (list === null) return;
      fast += 1;
      expect(list).toEqual(parse(text));
    }),
    { numRuns: runs(5000) },
  );
  expect(fast).toBeGreaterThan(runs(5000) / 100);
});

describe("other layouts are read too", () => {
  const file = (records: unknown) => ({ fixture: "export", state: { format: 1, ...AT, records } });
  it.each<[string, string]>([
    ["indented by four", stringify(file({ users: three }), { indent: 4 })],
    ["lists as far out as their keys", stringify(file({ users: three }), { indentSeq: false })],
    ["JSON", JSON.stringify(file({ users: three }))],
    ["records before the rest", stringify({ state: { records: { users: three, badges: [] }, format: 1, ...AT }, fixture: "export" })],
    ["a list in flow style", stringify(file({})).replace("records: {}", `records:\n    users: ${JSON.stringify(three)}`)],
    [
      "with a mark of the document, comments and other line ends",
      `---\n# mine\n${stringify(file({ users: three }))}`.replaceAll("\n", "\r\n").replaceAll("note: |\r\n", "note: |\n"),
    ],
    ["with comments and empty lines between", stringify(file({ users: three })).replaceAll(/(\n {6}- id)/g, "\n\n  # a comment$1")],
  ])("%s", async (_, text) => {
    const expected = parse(text).state.records.users;
    expect((await read(text)).records.users).toEqual(expected);
    expect(expected).toHaveLength(3);
  });
});

/** The longest stretch of work between two turns of the event loop, in ms that this thread has computed. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  const spent = () => {
    // Node has it since 23.9.
    const { user, system } = process.threadCpuUsage?.() ?? { user: performance.now() * 1000, system: 0 };
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = spent();
  const look = () => {
    const now = spent();
    longest = Math.max(longest, now - last);
    last = now;
    timer = setImmediate(look);
  };
  let timer = setImmediate(look);
  await work();
  look();
  clearImmediate(timer);
  return longest;
}

describe("what is no state is refused with a line, and others get their turn meanwhile", () => {
  const begin = "fixture: export\nstate:\n  format: 1\n  records:\n    users:\n";
  const deep = "nested more than 100 levels deep";
  const ladder = (depth: number) => Array.from({ length: depth }, (_, at) => `${" ".repeat(2 * at + 8)}a:\n`).join("");
  it.each<[string, string, string]>([
    [
      "steps",
      `steps: ${"[".repeat(100_000)}${"]".repeat(100_000)}`,
      "line 1 has `steps:` instead of `state:`; a fixture of steps is brought in by `seed`",
    ],
    ["steps below a name", `# mine\nfixture: x\nsteps:\n${"- a\n".repeat(10)}`, "line 3 has `steps:`"],
    ["lists in lists", "- ".repeat(500_000), "line 1 is not the beginning of a state"],
    ["one word", "a".repeat(3_000_000), "line 1 is not the beginning of a state"],
    ["a word that is too long", "a".repeat(30_000_000), "more than 4 MiB in one line, line 1."],
    ["nothing", "", "it has no `state:`"],
    ["a deep member of another name", `x: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, deep],
    ["a deep member that is short", `x: ${"[".repeat(1500)}${"]".repeat(1500)}`, deep],
    ["JSON that is deep", `{"state": ${"[".repeat(2500)}${"]".repeat(2500)}}`, deep],
    ["JSON that is never closed", `{"state": ${"[".repeat(5000)}`, "line 1"],
    ["a deep record", `${begin}      - id: x\n        m: ${"[".repeat(2500)}${"]".repeat(2500)}\n`, `line 6: it is ${deep}`],
    ["a record as deep as it is long", `${begin}      - id: x\n${ladder(110)}`, `line 6: it is ${deep}`],
    ["lists in lists as a record", `${begin}      ${"- ".repeat(3000)}x\n`, `line 6: it is ${deep}`],
    ["an alias within itself", `${begin}      - &a\n        id: x\n        m: *a\n`, `line 6: it is ${deep}`],
    ["a mistake below records", `${begin}      - id: x\n    badges: [\n`, "line 7"],
    ["millions of empty lines", "\n".repeat(5_000_000), "more than 262144 lines in one record, or in another layout"],
    ["millions of empty lines in a record", `${begin}      - id: x\n${"\n".repeat(5_000_000)}`, "more than 262144 lines in one record"],
    ["millions of items that are no records", `${begin}${"      - x\n".repeat(2_000_000)}`, "state.records.users[0] has no id"],
    ["records of a table that there is not", `${begin.replace("users", "people")}      - id: x\n`, "state.records.people is not known"],
    ["many mistakes", `x: [${"}".repeat(3000)}`, "line 1"],
  ])("%s", { timeout: 60_000 }, async (_, text, reason) => {
    let refusal: unknown;
    const turn = await longestTurn(async () => {
      refusal = await read(text).catch((error) => error);
    });
    expect(refusal).toMatchObject({ message: expect.stringContaining(reason) });
    expect((refusal as Error).message).not.toMatch(/call stack/);
    expect(turn).toBeLessThan(150);
  });

  it("of small values, no more is handed over than takes a moment", () => {
    for (const text of [
      `[${"{},".repeat(100)}]`,
      `[${"1,".repeat(1100)}]`,
      JSON.stringify(Object.fromEntries(Array(400).fill(0).entries())),
    ]) {
      expect(yamlData(text, 1000)).toEqual({ line: 1, reason: expect.stringContaining("lay it out as an export is") });
      expect(yamlData(text, 2000)).toEqual({ data: parse(text) });
    }
  });

  it("what is wrong with a record is said with its line in the file, and so is what is wrong behind it", async () => {
    const users = Array.from({ length: 2000 }, (_, at) => `      - id: u${at}\n`).join("");
    await expect(read(`${begin}${users}      - id: [\n`)).rejects.toThrow(/line 200\d/);
    await expect(read(`${begin}${users}  clock: [}\n`)).rejects.toThrow(/line 2006/);
  });
});

describe("limits", () => {
  const limits = { file: 3000, part: 1500 };
  it.each([
    [
      "a file that is too long",
      () => written(state(Array.from({ length: 20 }, (_, i) => user(`usr_${i}`)))),
      /more than 3000 bytes in one file/,
    ],
    ["a record that is too long", () => written(state([user("usr_1", { display_name: "x ".repeat(900) })])), /1500 bytes in one/],
    ["another layout that is too long", async () => JSON.stringify({ state: { x: Array(400).fill("xyz") } }), /1500 bytes in one line/],
    ["many lines that are no records", async () => "# x\n".repeat(500), /1500 bytes in one record, or in another layout/],
  ])("%s: PAYLOAD_TOO_LARGE, with the number", async (_, text, message) => {
    await expect(readState(inPieces(await text(), 100), limits)).rejects.toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
      message: expect.stringMatching(message),
    });
  });

  it("memory: warned of at 80 %, refused at 90 %, with what raises it", () => {
    const used = (share: number) => ({ used_heap_size: share * 2 ** 30, heap_size_limit: 2 ** 30 });
    expect(memoryWarning(used(0.79))).toBeNull();
    expect(memoryWarning(used(0.81))).toMatch(/829 MB of the 1024 MB.*--max-old-space-size/);
    expect(() => refuseFullMemory(used(0.89))).not.toThrow();
    expect(() => refuseFullMemory(used(0.91))).toThrow(/more than fits in memory/);
  });
});

it("memory is looked at as writes are committed, and warned of once", () => {
  const said: string[] = [];
  let warning: string | null = null;
  const committed = watchMemory(
    (sentence) => said.push(sentence),
    () => warning,
  );
  const commits = (count: number) => {
    for (let i = 0; i < count; i++) committed();
  };
  commits(1000);
  warning = "little is left";
  commits(1000);
  expect(said).toEqual(["little is left"]);
  warning = null;
  commits(1000);
  warning = "little is left again";
  commits(1000);
  expect(said).toEqual(["little is left", "little is left again"]);
});

if (DEEP) {
  it("others get their turn about every 20 ms", async () => {
    const users = Array.from({ length: 20_000 }, (_, i) => user(`usr_${i}`));
    /** What this process has computed, in ms: on a busy machine less than what has passed. */
    const spent = () => Object.values(process.cpuUsage()).reduce((sum, part) => sum + part) / 1000;
    let longest = 0;
    let last = spent();
    const look = () => {
      longest = Math.max(longest, spent() - last);
      last = spent();
      timer = setImmediate(look);
    };
    let timer = setImmediate(look);
    const { records } = await read(await written(state(users)));
    clearImmediate(timer);
    expect(records.users).toHaveLength(20_000);
    expect(longest).toBeLessThan(150);
  });
}
