import type { EventRecord } from "../model/event.ts";
import type { Exchange } from "./exchange.ts";

/** Something that happened, for those who watch. */
export type FeedMessage =
  | { readonly kind: "event"; readonly event: EventRecord }
  /** A request was answered. */
  | { readonly kind: "request"; readonly exchange: Exchange }
  /** A past event that somebody asked for again. */
  | { readonly kind: "resent"; readonly event: EventRecord }
  /** The state is another one: a reset, a restore, an import. */
  | { readonly kind: "reset" }
  /** The sandbox stops; nothing more will come. */
  | { readonly kind: "end" };

export type FeedListener = (message: FeedMessage) => void;

/** What happens in the sandbox, as it is committed or answered. Listeners must not throw. */
export class Feed {
  readonly #listeners = new Set<FeedListener>();

  publish(message: FeedMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  /** Returns the end of the subscription. */
  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
