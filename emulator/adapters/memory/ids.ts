import { hash, randomBytes } from "node:crypto";
import { encodeTime } from "ulid";
import type { Ids } from "../../ports/ids.ts";

/** The instant in the identifiers that follow from names: those of a fixture are the same whenever it is applied. */
const NAMED_AT = Date.parse("2026-01-01T00:00:00.000Z");

export const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Identifiers drawn from SHA-256(seed, counter): the counter is all the state there is. A ULID's random part carries the
 * counter in its first 30 bits, so that identifiers of one instant sort in creation order and never meet.
 */
export class SeededIds implements Ids {
  readonly #seed: string;
  readonly #secretsFromSeed: boolean;
  #counter = 0;
  #block = -1;
  #digest = Buffer.alloc(0);
  #spelled = { at: -1, text: "" };

  /** `secretsFromSeed`: reproducible secrets, for `--seed`; otherwise they cannot be derived from what is on disk. */
  constructor(seed: string, secretsFromSeed: boolean) {
    this.#seed = seed;
    this.#secretsFromSeed = secretsFromSeed;
  }

  next(prefix: string, at: number): string {
    return this.nextOf(0, prefix, at);
  }

  nextOf(branch: number, prefix: string, at: number): string {
    const count = this.#counter++;
    const noise = branch === 0 ? this.#bytes(count) : hash("sha256", `${this.#seed}\n${count}\n${branch}`, "buffer");
    let random = "";
    for (let place = 5; place >= 0; place--) random += CROCKFORD[Math.floor(count / 32 ** place) % 32];
    for (let i = 0; i < 10; i++) random += CROCKFORD[(noise[i] as number) % 32];
    return `${prefix}_${this.#time(at)}${random}`;
  }

  /** Many are drawn at one instant. */
  #time(at: number): string {
    if (at !== this.#spelled.at) this.#spelled = { at, text: encodeTime(at, 10) };
    return this.#spelled.text;
  }

  secret(alphabet: string, length: number): string {
    return this.#secretsFromSeed ? spell(alphabet, length, () => this.#bytes(this.#counter++)) : drawnSecret(alphabet, length);
  }

  named(name: string): Pick<Ids, "next" | "nextOf" | "secret"> {
    const counts = new Map<string, number>();
    const draw = (what: string): Buffer => {
      const count = counts.get(what) ?? 0;
      counts.set(what, count + 1);
      return hash("sha256", `${name}\n${what}\n${count}`, "buffer");
    };
    const nextOf = (branch: number, prefix: string) => {
      const random = Array.from(draw(branch === 0 ? prefix : `${prefix} ${branch}`).subarray(0, 16), (byte) => CROCKFORD[byte % 32]);
      return `${prefix}_${encodeTime(NAMED_AT, 10)}${random.join("")}`;
    };
    return {
      next: (prefix) => nextOf(0, prefix),
      nextOf,
      secret: (alphabet, length) => spell(alphabet, length, () => draw("secret")),
    };
  }

  counter(): number {
    return this.#counter;
  }
  set(counter: number): void {
    this.#counter = counter;
  }

  /** 10 bytes for a count. A digest serves three counts in a row. */
  #bytes(count: number): Buffer {
    const block = Math.floor(count / 3);
    if (block !== this.#block) {
      this.#digest = hash("sha256", `${this.#seed}\n${block}`, "buffer");
      this.#block = block;
    }
    return this.#digest.subarray((count % 3) * 10, (count % 3) * 10 + 10);
  }
}

/** `length` characters out of `alphabet` that nobody can guess, and that follow from no seed. */
export function drawnSecret(alphabet: string, length: number): string {
  return spell(alphabet, length, () => randomBytes(length));
}

/** Characters of an alphabet, each as likely as any other. */
function spell(alphabet: string, length: number, bytes: () => Buffer): string {
  const limit = 256 - (256 % alphabet.length);
  let out = "";
  while (out.length < length) {
    for (const byte of bytes()) if (byte < limit && out.length < length) out += alphabet[byte % alphabet.length];
  }
  return out;
}

/** A seed that nobody can guess: what a sandbox without `--seed` draws once and keeps. */
export function randomSeed(): string {
  return randomBytes(24).toString("base64url");
}

/** Reproducible numbers from 0 to below 1. */
export function seededRandom(seed: string): () => number {
  let count = 0;
  return () => Number.parseInt(hash("sha256", `${seed} ${count++}`, "hex").slice(0, 12), 16) / 2 ** 48;
}
