/** Whether a path has the form that a pattern describes. */
export type PathMatcher = (path: string) => boolean;

/** The longest pattern that is accepted from outside, in characters. */
export const LONGEST_PATTERN = 256;

/** Literal texts with one segment between each and the next: `/users/{user_id}/awards` is two texts. */
type Piece = readonly string[];

/**
 * The matcher of a path pattern: `*` stands for anything, slashes and nothing at all included; `{user_id}` for one segment, or a part of
 * one; everything else for itself.
 *
 * It takes time in proportion to the path. Each piece between two stars is looked for once, from the left, and the first place where it
 * fits is kept: whatever follows the star has the most room then. Within a piece the nearest place is the best for the same reason. A
 * regular expression would try all places, which for `*` a hundred times takes longer than anyone lives.
 */
export function pathPattern(pattern: string): PathMatcher {
  const pieces = pattern.split(/\*+/).map((piece): Piece => piece.split(/\{\w+\}/));
  const [first, ...others] = pieces as [Piece, ...Piece[]];
  const last = others.pop();
  return (path) => {
    let at = find(path, first, 0, { isStart: true, isEnd: last === undefined });
    for (const piece of others) {
      if (at === null) return false;
      at = find(path, piece, at, { isStart: false, isEnd: false });
    }
    if (at !== null && last !== undefined) at = find(path, last, at, { isStart: false, isEnd: true });
    return at !== null;
  };
}

interface Place {
  /** Whether the piece must begin where the search does. */
  readonly isStart: boolean;
  /** Whether it must end with the path. */
  readonly isEnd: boolean;
}

/** Where the piece ends that begins at `from` or later, as early as possible; null if there is none. */
function find(path: string, piece: Piece, from: number, { isStart, isEnd }: Place): number | null {
  const [head = "", ...rest] = piece;
  if (rest.length === 0) return findText(path, head, from, { isStart, isEnd });
  let start = from;
  for (;;) {
    const found = isStart ? (path.startsWith(head, start) ? start : -1) : path.indexOf(head, start);
    if (found === -1) return null;
    const end = afterSegments(path, rest, found + head.length, isEnd);
    if (end !== null || isStart) return end;
    // What fails from here fails from everywhere in this segment: the texts that follow are looked for in the same places.
    const slash = path.indexOf("/", found + head.length);
    if (slash === -1) return null;
    start = Math.max(found + 1, slash + 1 - head.length);
  }
}

function findText(path: string, text: string, from: number, { isStart, isEnd }: Place): number | null {
  if (isStart) {
    const fits = path.startsWith(text, from) && (!isEnd || path.length === from + text.length);
    return fits ? from + text.length : null;
  }
  if (isEnd) return path.endsWith(text) && path.length - text.length >= from ? path.length : null;
  const found = path.indexOf(text, from);
  return found === -1 ? null : found + text.length;
}

/** Where the texts end, each after some of one segment; null if they do not fit. */
function afterSegments(path: string, texts: readonly string[], from: number, isEnd: boolean): number | null {
  let at = from;
  for (const [index, text] of texts.entries()) {
    const slash = path.indexOf("/", at);
    const segmentEnd = slash === -1 ? path.length : slash;
    const isLast = index === texts.length - 1;
    const found = isLast && isEnd ? path.length - text.length : placeIn(path, text, at + 1, segmentEnd);
    if (found <= at || found > segmentEnd || !path.startsWith(text, found)) return null;
    at = found + text.length;
  }
  return at;
}

/** Where a text begins in the segment that ends here; one with a slash has its own there. -1 for nowhere. */
function placeIn(path: string, text: string, from: number, segmentEnd: number): number {
  const slash = text.indexOf("/");
  if (slash !== -1) return segmentEnd - slash;
  const found = path.slice(from, segmentEnd).indexOf(text);
  return found === -1 ? -1 : from + found;
}
