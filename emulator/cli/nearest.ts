/** Up to three names that somebody may have meant: those that hold the word, then those a few letters away. */
export function nearest(word: string, names: readonly string[]): string[] {
  const sought = word.toLowerCase();
  const scored = names.map((name) => ({ name, score: sought !== "" && name.includes(sought) ? 0 : distance(sought, name) }));
  const near = scored.filter(({ name, score }) => score <= Math.max(2, name.length / 3));
  return near
    .sort((a, b) => a.score - b.score)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's: letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] as number) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}
