/** What each step costs; by default every letter one, as Levenshtein counts, and neighbours are not exchanged. */
interface EditCosts<T> {
  readonly replace?: (a: T, b: T) => number;
  readonly skip?: (item: T) => number;
  readonly exchange?: number;
}

/** Least cost of turning one list into the other by replacing, adding and leaving out items, and by exchanging neighbours. */
export function editDistance<T>(from: readonly T[], to: readonly T[], costs: EditCosts<T> = {}): number {
  const { replace = (a, b) => Number(a !== b), skip = () => 1, exchange = Number.POSITIVE_INFINITY } = costs;
  const table: number[][] = [[0]];
  const at = (row: number, column: number) => table[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 0; row <= from.length; row++) {
    const line = (table[row] ??= []);
    for (let column = 0; column <= to.length; column++) {
      if (row === 0 && column === 0) continue;
      const [a, b] = [from[row - 1] as T, to[column - 1] as T];
      line[column] = Math.min(
        row > 0 ? at(row - 1, column) + skip(a) : Number.POSITIVE_INFINITY,
        column > 0 ? at(row, column - 1) + skip(b) : Number.POSITIVE_INFINITY,
        row > 0 && column > 0 ? at(row - 1, column - 1) + replace(a, b) : Number.POSITIVE_INFINITY,
        row > 1 && column > 1 && a === to[column - 2] && from[row - 2] === b
          ? at(row - 2, column - 2) + exchange
          : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(from.length, to.length);
}
