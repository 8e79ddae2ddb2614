/**
 * Delta debugging: drops ever smaller stretches of steps as long as the program still fails. `fails` runs a candidate; at most `most` are run.
 * What is left fails, and cannot lose a single step (unless `most` was reached).
 */
export async function shrink<S>(
  steps: readonly S[],
  fails: (steps: readonly S[]) => Promise<boolean>,
  most: number,
): Promise<readonly S[]> {
  let left = steps;
  let runs = 0;
  for (let size = Math.ceil(left.length / 2); size >= 1; ) {
    let dropped = false;
    for (let at = 0; at < left.length && left.length > 1 && runs < most; ) {
      const candidate = left.toSpliced(at, size);
      runs += 1;
      if (candidate.length > 0 && (await fails(candidate))) [left, dropped] = [candidate, true];
      else at += size;
    }
    if (size === 1 && !dropped) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
    if (runs >= most) break;
  }
  return left;
}
