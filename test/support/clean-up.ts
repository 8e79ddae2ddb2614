/**
 * What a file's tests leave behind is cleared at the file's end, also when the next file runs in the same process: a module is then
 * evaluated once, so a hook at its top would serve the first file only. `setup.ts` runs before each file, and calls this.
 */
const pending: (() => void)[] = [];

/** Runs this when the tests of the current file are done, whatever their outcome; the last one registered runs first. */
export function atEndOfFile(clear: () => void): void {
  pending.push(clear);
}

export function clearFile(): void {
  const failures: unknown[] = [];
  for (const clear of pending.splice(0).reverse()) {
    try {
      clear();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
