interface Entry<Value> {
  readonly making: Promise<Value>;
  /** 0 until it is made. */
  bytes: number;
}

/** What was made last, by what it was made of; who asks while it is being made waits for the same. The oldest make way for the newest. */
export class Recent<Value> {
  readonly #most: number;
  readonly #sizeOf: (value: Value) => number;
  readonly #entries = new Map<string, Entry<Value>>();
  #bytes = 0;

  /** `most`: bytes that it keeps. */
  constructor(most: number, sizeOf: (value: Value) => number) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  /** What `make` gave for this key, or gives now; its failures are not kept. */
  async of(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.making;
    }
    const entry: Entry<Value> = { making: make(), bytes: 0 };
    this.#entries.set(key, entry);
    try {
      const value = await entry.making;
      entry.bytes = this.#sizeOf(value);
      this.#bytes += entry.bytes;
      this.#makeRoom();
      return value;
    } catch (error) {
      this.#entries.delete(key);
      throw error;
    }
  }

  #makeRoom(): void {
    for (const [key, { bytes }] of this.#entries) {
      if (this.#bytes <= this.#most) return;
      if (bytes === 0) continue; // being made, or nothing
      this.#entries.delete(key);
      this.#bytes -= bytes;
    }
  }
}
