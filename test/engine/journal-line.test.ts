import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesOf, changesToLine, decodeLine, encodeLine, FORMAT, sealedPart, type UnitLine } from "../../emulator/engine/journal-line.ts";
import { anyText } from "../support/any-text.ts";
import { runs } from "../support/depth.ts";
import { answer, event, put, remove, submission, user } from "../support/records.ts";
import { someChanges } from "../support/some-changes.ts";

const unit = (given: Partial<UnitLine>): UnitLine => ({
  v: FORMAT,
  kind: "unit",
  seq: 7,
  at: 1_767_225_600_000,
  request_id: null,
  ...given,
});
const texts = fc.oneof(anyText(), fc.constantFrom('","crc":"00000000"}', "\n", "\u2028", "ünï ✓ 🎓", "\ud800"));

/** A line with any body, and the checksum that belongs to it. */
const sealed = (body: string) => `${body},"crc":"${crc32(body).toString(16).padStart(8, "0")}"}`;

describe("a journal line", () => {
  it("survives being written and read, whatever its texts hold", () => {
    fc.assert(
      fc.property(fc.dictionary(texts, texts), texts, fc.nat(), (metadata, display_name, seq) => {
        const line = unit({ seq, ...changesToLine([put("users", user("usr_1", { display_name, metadata }))]) });
        const text = encodeLine(line);
        expect(text).not.toContain("\n");
        expect(decodeLine(text)).toEqual(JSON.parse(JSON.stringify(line)));
      }),
    );
  });

  it("is JSON on one line, with its CRC-32 as the last member", () => {
    const text = encodeLine(unit({}));
    const { crc, ...rest } = JSON.parse(text);
    expect(rest).toEqual(unit({}));
    expect(Number.parseInt(crc, 16)).toBe(crc32(text.slice(0, text.lastIndexOf(',"crc"'))));
  });

  it("one flipped byte anywhere is noticed", () => {
    const text = encodeLine(unit(changesToLine([put("users", user("usr_1", { display_name: "Zoë ✓" }))])));
    fc.assert(
      fc.property(fc.nat(Buffer.byteLength(text) - 1), fc.integer({ min: 1, max: 255 }), (place, flip) => {
        const bytes = Buffer.from(text);
        bytes[place] = (bytes[place] as number) ^ flip;
        expect(() => decodeLine(bytes.toString("utf8"))).toThrow();
      }),
      { numRuns: runs(2000) },
    );
  });

  it("cut off anywhere it is no line", () => {
    const text = encodeLine(unit({}));
    for (let length = 0; length < text.length; length++) expect(() => decodeLine(text.slice(0, length))).toThrow();
  });

  it("is found before what stands behind it, where its checksum fits; in part of a line there is none", () => {
    const text = encodeLine(unit(changesToLine([put("users", user("usr_1", { metadata: { x: ',"crc":"00000000"}' } }))])));
    for (const behind of ["", "*", "}", '{"v":1'] as const) expect(sealedPart(text + behind)).toBe(text);
    for (let length = 0; length < text.length; length++) expect(sealedPart(text.slice(0, length))).toBeNull();
  });

  it("of another format is refused, of this one not", () => {
    for (const v of [0, 1, FORMAT + 1]) expect(() => decodeLine(encodeLine(unit({ v })))).toThrow(/format/);
    expect(() => decodeLine(encodeLine(unit({ v: FORMAT })))).not.toThrow();
  });
});

describe("changes in a line", () => {
  it("events and idempotency records have members of their own, the rest goes by table", () => {
    const ada = user("usr_1");
    const changes = [
      put("users", ada),
      put("events", event("evt_1", ada)),
      put("idempotency", answer("a")),
      put("submissions", submission("0x1", null)),
      remove("submissions", "0x0"),
    ];
    expect(changesToLine(changes)).toEqual({
      records: { users: [ada], submissions: [submission("0x1", null)] },
      removed: { submissions: ["0x0"] },
      events: [event("evt_1", ada)],
      idempotency: [answer("a")],
    });
  });

  it("are the same ones when read back, in order within each table", () => {
    fc.assert(
      fc.property(someChanges, (some) => {
        const changes = [...new Map(some.map((change) => [`${change.table} ${change.id}`, change])).values()];
        const back = changesOf(decodeLine(encodeLine(unit(changesToLine(changes)))) as UnitLine);
        const byTable = (list: typeof changes) =>
          Object.groupBy(list, ({ table, record }) => `${record ? "put in" : "removed from"} ${table}`);
        expect(byTable(back)).toEqual(byTable(changes));
      }),
    );
  });

  it.each([
    ["put", sealed(`{"v":2,"kind":"unit","seq":1,"at":1,"request_id":null,"records":{"planets":[{"id":"x"}]}`)],
    ["removed", sealed(`{"v":2,"kind":"unit","seq":1,"at":1,"request_id":null,"removed":{"planets":["x"]}`)],
    ["named as an object's own member", sealed(`{"v":2,"kind":"unit","seq":1,"at":1,"request_id":null,"removed":{"toString":["x"]}`)],
  ])("of a table that this release does not know are refused: %s", (_, text) => {
    expect(() => changesOf(decodeLine(text) as UnitLine)).toThrow(/unknown table/);
  });
});
