import type { Random } from "../../support/random.ts";

/** What earlier answers gave away: ids, cursors, ETags and addresses that later requests name. */
export class Pool {
  readonly #random: Random;
  readonly #kept = new Map<string, string[]>();
  /** Ids that no request may name, such as the key in use. */
  readonly #hidden: ReadonlySet<string>;

  constructor(random: Random, hidden: readonly string[]) {
    this.#random = random;
    this.#hidden = new Set(hidden);
  }

  /** `kind`: the prefix of an id (`usr`), or `cursor`, `etag`, `wallet`, `email`. */
  any(kind: string): string | undefined {
    const list = this.#kept.get(kind);
    return list && list.length > 0 ? this.#random.pick(list) : undefined;
  }

  keep(kind: string, value: string): void {
    if (this.#hidden.has(value)) return;
    const list = this.#kept.get(kind) ?? [];
    this.#kept.set(kind, list);
    // A full pool forgets at random, so that old and new ones are named.
    if (list.length < 60) list.push(value);
    else list[this.#random.int(0, 59)] = value;
  }

  /** Takes what an answer shows. */
  learn(body: unknown, etag: string | undefined): void {
    if (etag) this.keep("etag", etag);
    const { data } = (body ?? {}) as { data?: Record<string, unknown> };
    if (!data) return;
    if (typeof data.next_cursor === "string") this.keep("cursor", data.next_cursor);
    const items = Array.isArray(data.items) ? data.items.slice(0, 3) : [data];
    for (const item of items as Record<string, unknown>[]) {
      if (typeof item.id === "string") this.keep(item.id.slice(0, 3), item.id);
      if (typeof item.gets_id === "string") this.keep("gets", item.gets_id);
      if (typeof item.email === "string") this.keep("email", item.email);
      const { address } = (item.wallet ?? {}) as { address?: string };
      if (address) this.keep("wallet", address);
    }
  }
}
