/** What a run has made and must take away again. */
export interface Leftover {
  readonly what: string;
  readonly reason: string;
}

/** Undoes in the opposite order. A step that fails never fails the run: what stays is listed. */
export class Cleanup {
  readonly #steps: { what: string; undo: () => Promise<string | null> }[] = [];
  readonly #kept: Leftover[] = [];

  /** `undo` returns null when it is gone, or says why it stays. */
  add(what: string, undo: () => Promise<string | null>): void {
    this.#steps.push({ what, undo });
  }

  /** Something that cannot be taken away. */
  keep(what: string, reason: string): void {
    this.#kept.push({ what, reason });
  }

  get pending(): number {
    return this.#steps.length;
  }

  async run(): Promise<readonly Leftover[]> {
    const left: Leftover[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const reason = await step.undo().catch((error: Error) => error.message);
      if (reason !== null) left.push({ what: step.what, reason });
    }
    return [...this.#kept, ...left];
  }
}
