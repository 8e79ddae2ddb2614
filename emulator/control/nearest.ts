/** The name that takes the fewest changes of a letter to write instead. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wish = name.toLowerCase();
  return names.map((each) => ({ each, far: distance(wish, each.toLowerCase()) })).toSorted((a, b) => a.far - b.far)[0]?.each;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = (row[j - 1] as number) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
