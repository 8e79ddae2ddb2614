import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DECIMALS, formatAmount, parseAmount } from "../../emulator/model/amount.ts";

/** Up to 13 digits before the point and 18 after it. */
const units = fc.bigInt({ min: 0n, max: 10n ** 31n - 1n });

describe("amounts", () => {
  it("every number of base units survives being written and read", () => {
    fc.assert(fc.property(units, (amount) => parseAmount(formatAmount(amount)) === amount));
  });

  it("are written in the shape that the API accepts, without trailing zeros", () => {
    fc.assert(fc.property(units, (amount) => /^(0|[1-9]\d{0,12})(\.\d{0,17}[1-9])?$/.test(formatAmount(amount))));
  });

  it("zeros at the end change nothing", () => {
    fc.assert(
      fc.property(fc.nat(), fc.stringMatching(/^\d{1,9}$/), (whole, fraction) => {
        expect(parseAmount(`${whole}.${fraction}`)).toBe(parseAmount(`${whole}.${fraction}000000000`));
      }),
    );
  });

  it("order and sums are those of the numbers, where a double would round", () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        const sum = parseAmount(formatAmount(a)) + parseAmount(formatAmount(b));
        expect(sum).toBe(a + b);
      }),
    );
    expect(parseAmount("9007199254.740993000000000001")).toBe(9007199254740993000000000001n);
  });

  it.each([
    ["0", 0n],
    ["1", 10n ** 18n],
    ["12.5", 125n * 10n ** 17n],
    ["0.000000000000000001", 1n],
    ["1000000000000", 10n ** 30n],
    ["9999999999999.999999999999999999", 10n ** 31n - 1n],
  ])("%s", (text, amount) => {
    expect(parseAmount(text)).toBe(amount);
    expect(formatAmount(amount)).toBe(text);
  });

  it("has 18 decimal places", () => {
    expect(DECIMALS).toBe(18);
    expect(parseAmount("1")).toBe(10n ** BigInt(DECIMALS));
  });

  it.each([
    "",
    " 1",
    "1 ",
    "1\n",
    "01",
    "00",
    "-1",
    "+1",
    ".5",
    "1.",
    "1,5",
    "1e3",
    "0x10",
    "1.0000000000000000001",
    "10000000000000",
    "١",
    "NaN",
    "Infinity",
    "1_000",
  ])("%j is refused", (text) => {
    expect(() => parseAmount(text)).toThrow(RangeError);
  });
});
