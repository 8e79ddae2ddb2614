import fc from "fast-check";

const SURROGATES = { first: 0xd800, count: 0x800 };

/** Any code point but surrogates. As `fc.string({ unit: "binary" })`, which takes a second to begin with. */
const codePoint = fc
  .oneof(
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x10_ff_ff - SURROGATES.count }) },
  )
  .map((number) => String.fromCodePoint(number < SURROGATES.first ? number : number + SURROGATES.count));

/** Any text that UTF-8 can carry. */
export const anyText = (lengths: { readonly minLength?: number; readonly maxLength?: number } = {}) =>
  fc.string({ unit: codePoint, ...lengths });
