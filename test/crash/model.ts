import type { Answer, Call } from "./client.ts";

/** A write that was sent. */
export interface Write {
  /** Found again in what the write leaves: a user's external_id, a transaction's reason or memo, a key of metadata, a hash. */
  readonly marker: string;
  readonly leaves: "user" | "transaction" | "metadata";
  /** Through the API; null for a wallet's own transaction. */
  readonly call: Call | null;
  /** What it does to balances, by user id, in base units. */
  readonly moves: readonly { readonly user: string; readonly amount: bigint }[];
}

export interface Person {
  readonly id: string;
  readonly address: string;
  /** Its wallet is the server's to move. */
  readonly managed: boolean;
}

/**
 * What a sandbox must hold, worked out from what was sent and answered. A write is settled (it is there), refused (it is
 * not), or open: sent, never answered, and allowed to be either until somebody has looked.
 */
export class Model {
  readonly people = new Map<string, Person>();
  readonly settled = new Map<string, { readonly write: Write; readonly answer: Answer | null }>();
  readonly refused = new Map<string, { readonly write: Write; readonly answer: Answer }>();
  readonly open = new Map<string, Write>();
  /** Markers whose answers were asked for again, one by one, after some restart. */
  readonly verified = new Set<string>();
  /** Block hashes seen, by number. */
  readonly blocks = new Map<number, string>();

  sent(write: Write): void {
    this.open.set(write.marker, write);
  }

  /** The write got its first answer: 2xx promises that it is there, anything else that it is not. */
  answered(write: Write, answer: Answer): void {
    this.open.delete(write.marker);
    if (answer.status < 300) this.settle(write, answer);
    else this.refused.set(write.marker, { write, answer });
  }

  settle(write: Write, answer: Answer | null): void {
    this.open.delete(write.marker);
    this.settled.set(write.marker, { write, answer });
    if (write.leaves !== "user" || !answer) return;
    const { id, wallet } = answer.data;
    this.meet({ id, address: wallet.address, managed: wallet.custody === "managed" });
  }

  meet(person: Person): void {
    this.people.set(person.id, person);
  }

  /** Balance in base units, by user id. */
  balances(): Map<string, bigint> {
    const balances = new Map<string, bigint>([...this.people.keys()].map((id) => [id, 0n]));
    for (const { write } of this.settled.values()) {
      for (const { user, amount } of write.moves) balances.set(user, (balances.get(user) ?? 0n) + amount);
    }
    return balances;
  }

  /** A copy, kept with a snapshot. */
  copy(): Model {
    const copy = new Model();
    for (const each of ["people", "settled", "refused", "open", "blocks"] as const) {
      for (const [key, value] of this[each] as Map<never, never>) (copy[each] as Map<never, never>).set(key, value);
    }
    for (const marker of this.verified) copy.verified.add(marker);
    return copy;
  }
}
