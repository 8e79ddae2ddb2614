/** Whether a path has the form that a pattern describes. */
export type PathMatcher = (path: string) => boolean;

/** One place of a pattern: what it takes of the path to get past it. */
type Token =
  /** This character. */
  | { readonly kind: "character"; readonly character: string }
  /** One character that is no slash. */
  | { readonly kind: "inSegment" }
  /** Any number of them. */
  | { readonly kind: "restOfSegment" }
  /** Any number of any characters. */
  | { readonly kind: "anything" };

/**
 * The matcher of a path pattern: `*` stands for anything, slashes and nothing at all included; `{user_id}` for one segment, or a part of
 * one; everything else for itself.
 *
 * It reads the path once and keeps all places of the pattern that may have been reached, a bit for each (the bit-parallel simulation of a
 * nondeterministic automaton, Baeza-Yates and Gonnet 1992): no path makes it go back. A regular expression would try all ways, which for
 * `*` a hundred times takes longer than anyone lives.
 */
export function pathPattern(pattern: string): PathMatcher {
  const tokens = tokensOf(pattern);
  const words = Math.floor(tokens.length / 32) + 1;
  const bitsOf = (belongs: (token: Token) => boolean) => {
    const bits = new Uint32Array(words);
    for (const [place, token] of tokens.entries())
      if (belongs(token)) bits[place >>> 5] = (bits[place >>> 5] as number) | (1 << (place & 31));
    return bits;
  };
  const skipped = bitsOf(({ kind }) => kind === "restOfSegment" || kind === "anything");
  const anything = bitsOf(({ kind }) => kind === "anything");
  const inSegment = bitsOf(({ kind }) => kind === "inSegment");
  const loopsInSegment = bitsOf(({ kind }) => kind === "restOfSegment" || kind === "anything");
  const own = new Map<string, Uint32Array>();
  for (const token of tokens) {
    if (token.kind !== "character") continue;
    own.set(
      token.character,
      bitsOf((each) => each.kind === "character" && each.character === token.character),
    );
  }
  const none = new Uint32Array(words);

  return (path) => {
    let reached = new Uint32Array(words);
    let next = new Uint32Array(words);
    reached[0] = 1;
    skip(reached);
    for (const character of path) {
      const takes = own.get(character) ?? none;
      const isSlash = character === "/";
      const stays = isSlash ? anything : loopsInSegment;
      let carry = 0;
      let left = 0;
      for (let word = 0; word < words; word++) {
        const here = reached[word] as number;
        const moves = here & ((takes[word] as number) | (isSlash ? 0 : (inSegment[word] as number)));
        next[word] = (here & (stays[word] as number)) | (moves << 1) | carry;
        carry = moves >>> 31;
        left |= next[word] as number;
      }
      if (left === 0) return false;
      [reached, next] = [next, reached];
      skip(reached);
    }
    return ((reached[tokens.length >>> 5] as number) & (1 << (tokens.length & 31))) !== 0;
  };

  /** What may take nothing is passed at once. Two rounds: no three such tokens follow each other. */
  function skip(reached: Uint32Array): void {
    for (let round = 0; round < 2; round++) {
      let carry = 0;
      for (let word = 0; word < words; word++) {
        const passes = (reached[word] as number) & (skipped[word] as number);
        reached[word] = (reached[word] as number) | (passes << 1) | carry;
        carry = passes >>> 31;
      }
    }
  }
}

function tokensOf(pattern: string): Token[] {
  return pattern.split(/(\*+|\{\w+\})/).flatMap((part): Token[] => {
    if (part.startsWith("*")) return [{ kind: "anything" }];
    if (/^\{\w+\}$/.test(part)) return [{ kind: "inSegment" }, { kind: "restOfSegment" }];
    return Array.from(part, (character) => ({ kind: "character", character }));
  });
}
