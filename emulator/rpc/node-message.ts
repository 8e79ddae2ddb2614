/** What the node says of a parameter that it cannot read, in terms of its own parser, and what that means to a caller. The first match counts. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^invalid length (\d+), expected tuple variant \S+ with (\d+) elements?$/, "The method takes $2 parameters; $1 were sent."],
  [/^invalid type: .*, expected unit$/, "The method takes no parameters."],
  [/^invalid value "([^"]*)" supplied to : (\w+)$/, "$1 is not of the form that a parameter must have: $2."],
  [/^trailing characters$/, "There are more parameters than the method takes, or one has more members than it may have."],
  [/^odd number of digits$/, "A hexadecimal value has an even number of digits."],
  [/^invalid type: (.*), expected a boolean$/, "A parameter must be true or false; it is a $1."],
  [/^invalid type: (.*), expected f64$/, "A parameter must be a number; it is a $1."],
  [/^invalid value: (.*), expected a valid hex string$/, "A parameter must be hexadecimal, such as 0x1f; it is the $1."],
  [/^invalid string length$/, "A hash, an address or a word has the wrong length."],
  [/^data did not match any variant of untagged enum (\w+)$/, "A parameter has none of the forms that it may have ($1)."],
  [
    /^JS Tracer is not enabled$/,
    "There is no such tracer here: callTracer, prestateTracer, 4byteTracer, flatCallTracer, muxTracer and noopTracer are there.",
  ],
];

/** A refusal of a parameter as a caller can read it. The node adds where in its own text it stood. */
export function meaningOf(message: string): string {
  const plain = message.replace(/ at line \d+ column \d+$/, "");
  const [form, meaning] = MEANINGS.find(([each]) => each.test(plain)) ?? [];
  return form && meaning !== undefined ? plain.replace(form, meaning) : plain;
}
