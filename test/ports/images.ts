import { inflateSync } from "node:zlib";
import { PNG } from "pngjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { BadgePicture, Images } from "../../emulator/ports/images.ts";
import { bakedText, type Chunk, chunksOf, FORMATS, greyPng, IEND, idat, ihdr, pngOf, rowLengths, scanned } from "../support/png.ts";

const PICTURE: BadgePicture = {
  title: "The Tech Shaman",
  gets_id: "TPDT5TU",
  sponsor: "Digital School",
  level: { name: "Gold", rank: 2 },
  url: "http://127.0.0.1:4010/v1/verify/TPDT5TU",
  own: null,
  credential: "eyJh.eyJi.c2ln",
};

const URLS = [
  "http://127.0.0.1:4010/v1/verify/AAAAAAA",
  "https://api.getstoken.org/v1/verify/7777777",
  `https://sandbox.example/${"a-long-way/".repeat(12)}v1/verify/Q2W3E4R`,
];
const TITLES = ["A", "Straßenkünstler für Größe und Übermut – Žluťoučký", "W".repeat(45), "漢字のバッジ 🏅 عربى", " \t\n "];
const LEVELS = [null, { name: "Bronze", rank: 0 }, { name: "x".repeat(200), rank: 10_000 }, { name: "Below", rank: -1 }];

/** What every adapter of the images port does (emulator/ports/images.ts). */
export function shouldBehaveLikeImages(name: string, create: () => Images): void {
  const images = create();

  describe(`${name}: a badge's picture`, () => {
    let png: Buffer;
    beforeAll(async () => void (png = await images.render(PICTURE)));

    it("is a PNG for another reader too, and larger than a stamp", async () => {
      const { width, height } = PNG.sync.read(png, { checkCRC: true });
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(400);
      expect(await images.isPng(png)).toBe(true);
    });

    it("is the same for the same input", async () => {
      expect((await create().render(structuredClone(PICTURE))).equals(png)).toBe(true);
    });

    it.each<[string, Partial<BadgePicture>]>([
      ["title", { title: "The Cypher-Nomad" }],
      ["GETS ID", { gets_id: "5ACMEVS" }],
      ["sponsor", { sponsor: "Another" }],
      ["level", { level: { name: "Silver", rank: 1 } }],
      ["no level", { level: null }],
      ["own picture", { own: greyPng(40, 30) }],
    ])("shows it: another %s, another picture", async (_, members) => {
      expect((await images.render({ ...PICTURE, ...members })).equals(png)).toBe(false);
    });

    it.each(URLS)("its QR code says %s", async (url) => {
      expect(scanned(await images.render({ ...PICTURE, url }))).toBe(url);
    });

    it.each(TITLES)("its QR code can be read beside the title %j", async (title) => {
      expect(scanned(await images.render({ ...PICTURE, title, sponsor: title }))).toBe(PICTURE.url);
    });

    it.each(LEVELS)("its QR code can be read at level %j", async (level) => {
      expect(scanned(await images.render({ ...PICTURE, level }))).toBe(PICTURE.url);
    });

    it.each([
      ["wide", greyPng(1000, 10)],
      ["tall", greyPng(3, 1500)],
      ["one pixel", greyPng(1, 1)],
      ["large", greyPng(4000, 2000)],
    ])("its QR code can be read beside an own picture that is %s", async (_, own) => {
      expect(scanned(await images.render({ ...PICTURE, own }))).toBe(PICTURE.url);
    });
  });

  describe(`${name}: a large own picture`, () => {
    const large = { ...PICTURE, own: greyPng(2000, 4000) };

    it("leaves the event loop to others while it is drawn, and is drawn once", async () => {
      let turns = 0;
      let isDrawn = false;
      const others = () => {
        turns += 1;
        if (!isDrawn) setImmediate(others);
      };
      const fresh = create();
      const first = await processorTime(async () => {
        setImmediate(others);
        await fresh.render(large);
        isDrawn = true;
      });
      expect(turns).toBeGreaterThan(5);
      expect(await processorTime(() => fresh.render(large))).toBeLessThan(first / 5);
      expect(await processorTime(() => fresh.render({ ...large, title: "Another award" }))).toBeLessThan(first);
    });
  });

  // Open Badges 3.0 §5.3.1: "An iTXt chunk with the keyword openbadgecredential MUST NOT appear in a PNG more than once."
  describe(`${name}: baking`, () => {
    const textsOf = (png: Buffer) => chunksOf(png).filter(({ type }) => type === "iTXt");

    it("the text stands in one uncompressed iTXt before the pixels", async () => {
      const png = await images.render(PICTURE);
      expect(bakedText(png)).toBe("eyJh.eyJi.c2ln");
      expect(textsOf(png)).toHaveLength(1);
      expect(
        chunksOf(png)
          .map(({ type }) => type)
          .join(),
      ).toMatch(/^IHDR,iTXt,IDAT/);
      expect(textsOf(png)[0]?.data.toString("latin1")).toBe("openbadgecredential\0\0\0\0\0eyJh.eyJi.c2ln");
    });

    it("no credential, no chunk; the pixels are the same", async () => {
      const [with_, without] = [await images.render(PICTURE), await images.render({ ...PICTURE, credential: null })];
      expect(textsOf(without)).toEqual([]);
      expect(PNG.sync.read(without).data.equals(PNG.sync.read(with_).data)).toBe(true);
    });

    it("what the own picture had baked in is not taken over", async () => {
      const [first, ...rest] = chunksOf(greyPng(9, 9)) as [Chunk, ...Chunk[]];
      const own = pngOf([first, { type: "iTXt", data: Buffer.from("openbadgecredential\0\0\0\0\0old") }, ...rest]);
      const png = await images.render({ ...PICTURE, own });
      expect([textsOf(png).length, bakedText(png)]).toEqual([1, "eyJh.eyJi.c2ln"]);
    });
  });

  describe(`${name}: isPng`, () => {
    const format = { width: 5, height: 4, depth: 8, colour: 6 };
    const rows = Buffer.concat(rowLengths(format).map((length) => Buffer.alloc(length)));
    const [head, data] = [ihdr(format), idat(rows)];
    const good = pngOf([head, data, IEND]);
    const is = (...chunks: Chunk[]) => images.isPng(pngOf(chunks));
    const text = { type: "tEXt", data: Buffer.from("Comment\0hello") };
    const palette = { type: "PLTE", data: Buffer.alloc(6) };
    const half = data.data.length >> 1;
    const split = [0, 1].map((n) => ({ type: "IDAT", data: data.data.subarray(n * half, n === 0 ? half : undefined) })) as [Chunk, Chunk];

    it("accepts what another library writes", async () => {
      for (const colorType of [0, 2, 4, 6] as const) {
        expect(await images.isPng(PNG.sync.write(new PNG({ width: 7, height: 5 }), { colorType }))).toBe(true);
      }
    });

    it("accepts chunks that need not be understood, and pixels in several chunks", async () => {
      expect(await is(head, text, { type: "prVt", data: Buffer.from("?") }, data, text, IEND)).toBe(true);
      expect(await is(head, palette, ...split, IEND)).toBe(true);
    });

    it("refuses it cut off anywhere, continued, or with any byte changed", async () => {
      for (let at = 0; at < good.length; at += 1) {
        expect(await images.isPng(good.subarray(0, at)), `cut off at ${at}`).toBe(false);
        const changed = Buffer.from(good);
        changed[at] = (changed[at] as number) ^ 1;
        expect(await images.isPng(changed), `changed at ${at}`).toBe(false);
      }
      expect(await images.isPng(Buffer.concat([good, Buffer.from("x")]))).toBe(false);
    });

    it("refuses chunks out of order, missing, twice, or critical and unknown", async () => {
      expect(await is(data, head, IEND)).toBe(false);
      expect(await is(head, IEND)).toBe(false);
      expect(await is(text, head, data, IEND)).toBe(false);
      expect(await is(head, head, data, IEND)).toBe(false);
      expect(await is(head, split[0], text, split[1], IEND)).toBe(false);
      expect(await is(head, data, palette, IEND)).toBe(false);
      expect(await is(head, { type: "WHAT", data: Buffer.alloc(0) }, data, IEND)).toBe(false);
      expect(await images.isPng(Buffer.alloc(0))).toBe(false);
    });

    it("refuses depths that a colour type does not have, and sizes of nothing", async () => {
      const all = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((colour) => [1, 2, 3, 4, 8, 16, 32].map((depth) => [colour, depth] as const));
      const accepted: (readonly [number, number])[] = [];
      for (const [colour, depth] of all) {
        const rows = Buffer.concat(rowLengths({ width: 5, height: 4, depth, colour }).map((length) => Buffer.alloc(length || 1)));
        const isOne = await is(ihdr({ width: 5, height: 4, depth, colour }), { type: "PLTE", data: Buffer.alloc(768) }, idat(rows), IEND);
        if (isOne) accepted.push([colour, depth]);
      }
      expect(accepted).toEqual(FORMATS);
      expect(await is(ihdr({ ...format, width: 0 }), idat(Buffer.alloc(4)), IEND)).toBe(false);
      expect(await is(ihdr({ ...format, height: 0 }), idat(Buffer.alloc(0)), IEND)).toBe(false);
    });

    it("refuses pixels that are too few, too many, of an unknown filter, or not deflated", async () => {
      expect(await is(head, idat(rows.subarray(1)), IEND)).toBe(false);
      expect(await is(head, idat(Buffer.concat([rows, Buffer.alloc(1)])), IEND)).toBe(false);
      expect(await is(head, idat(Buffer.from(rows).fill(5, 0, 1)), IEND)).toBe(false);
      expect(await is(head, { type: "IDAT", data: Buffer.from("not deflated") }, IEND)).toBe(false);
    });

    it("refuses a palette picture without a palette, or with half a colour", async () => {
      const indexed = { width: 2, height: 1, depth: 8, colour: 3 };
      const pixels = idat(Buffer.alloc(3));
      expect(await is(ihdr(indexed), palette, pixels, IEND)).toBe(true);
      expect(await is(ihdr(indexed), pixels, IEND)).toBe(false);
      expect(await is(ihdr(indexed), { type: "PLTE", data: Buffer.alloc(5) }, pixels, IEND)).toBe(false);
    });

    it("refuses a small file that unpacks to gigabytes, without unpacking it", async () => {
      const bomb = { width: 60_000, height: 60_000, depth: 16, colour: 6 };
      expect(await is(ihdr(bomb), idat(Buffer.alloc(20_000_000)), IEND)).toBe(false);
      expect([await images.isPng(greyPng(4000, 2000)), await images.isPng(greyPng(4000, 2001))]).toEqual([true, false]);
      expect(await is(ihdr({ ...format, width: 2 ** 31 - 1, height: 2 ** 31 - 1 }), data, IEND)).toBe(false);
      const long = idat(Buffer.alloc(60_000_000));
      const unpacking = await processorTime(async () => inflateSync(long.data));
      expect(await processorTime(async () => expect(await is(head, long, IEND)).toBe(false))).toBeLessThan(unpacking / 2);
    });
  });
}

/** Of this process, in microseconds. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
