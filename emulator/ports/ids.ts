/**
 * Identifiers and secrets. Equal seeds give equal sequences; the counter is journaled, so that a restart continues the
 * sequence instead of repeating it. Contract suite: test/ports/ids.ts.
 */
export interface Ids {
  /** `<prefix>_<ULID>` for an instant in ms: unique within the sandbox, increasing in creation order at equal instants. */
  next(prefix: string, at: number): string;
  /**
   * The same at this place of the sequence, and another identifier for each `branch`: a restore goes back to an earlier place, and what
   * left the process under an identifier of the abandoned branch must not meet its name again. Branch 0 is `next`.
   */
  nextOf(branch: number, prefix: string, at: number): string;
  /** `length` characters out of `alphabet`, uniformly. */
  secret(alphabet: string, length: number): string;
  /** A sequence that follows from a name alone, whatever the seed: the same in every sandbox. It leaves the counter as it is. */
  named(name: string): Pick<Ids, "next" | "nextOf" | "secret">;
  /** Where the sequence stands. */
  counter(): number;
  set(counter: number): void;
}
