import { constants } from "node:buffer";

/** A line of a stream, without its newline. */
export interface Line {
  readonly text: string;
  /** Where it begins, in bytes. */
  readonly at: number;
  /** False for what stands behind the last newline. */
  readonly ended: boolean;
}

/** Longest line that is put together, in bytes: half of what fits in a string. */
const LONGEST = Math.floor(constants.MAX_STRING_LENGTH / 2);

const NEWLINE = 0x0a;

/** The lines of UTF-8 bytes, however these are cut into pieces. Throws a RangeError at a line longer than `longest` bytes. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>, longest = LONGEST): AsyncGenerator<Line> {
  let open: Buffer[] = [];
  let length = 0;
  let at = 0;
  const keep = (part: Buffer) => {
    length += part.length;
    if (length > longest) throw new RangeError(`a line of more than ${longest} bytes`);
    open.push(part);
  };
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to !== -1; to = bytes.indexOf(NEWLINE, from)) {
      if (open.length === 0) {
        yield { text: bytes.toString("utf8", from, to), at, ended: true };
        at += to - from + 1;
      } else {
        keep(bytes.subarray(from, to));
        yield { text: Buffer.concat(open).toString("utf8"), at, ended: true };
        at += length + 1;
        open = [];
        length = 0;
      }
      from = to + 1;
    }
    if (from < bytes.length) keep(bytes.subarray(from));
  }
  if (open.length > 0) yield { text: Buffer.concat(open).toString("utf8"), at, ended: false };
}
