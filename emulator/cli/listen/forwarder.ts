import { NodeSender } from "../../adapters/node-http/sender.ts";
import type { EventRecord } from "../../model/event.ts";
import { signedEvent } from "../../services/webhook-signature.ts";
import type { Reporter } from "./report.ts";

/**
 * Sends events to one URL in the order in which they came, each when the one before has been answered: what a receiver does with one is
 * done before the next comes. A failure is told and nothing more: who missed something asks for it with `resend`.
 */
export class Forwarder {
  readonly #url: string;
  readonly #sender: NodeSender;
  readonly #report: Reporter;
  readonly #waiting: { readonly event: EventRecord; readonly secret: string }[] = [];
  #busy = false;
  #draining: Promise<void> = Promise.resolve();

  constructor(url: string, { verify }: { verify: boolean }, report: Reporter) {
    this.#url = url;
    this.#sender = new NodeSender({ verify });
    this.#report = report;
  }

  forward(event: EventRecord, secret: string): void {
    this.#waiting.push({ event, secret });
    if (!this.#busy) this.#draining = this.#drain();
  }

  /** Resolves when every event has had its answer. */
  settled(): Promise<void> {
    return this.#draining;
  }

  /** Ids of the events that have no answer yet. */
  get left(): string[] {
    return this.#waiting.map(({ event }) => event.id);
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const began = performance.now();
      const message = signedEvent(next.event, [next.secret], Math.floor(Date.now() / 1000));
      const { response_status: status, error } = await this.#sender.post({ url: this.#url, ...message, allows: () => true });
      const about = { event_id: next.event.id, url: this.#url };
      this.#waiting.shift();
      if (error) this.#report({ kind: "not_forwarded", ...about, error });
      else this.#report({ kind: "forwarded", ...about, status: status ?? 0, duration_ms: Math.round(performance.now() - began) });
    }
    this.#busy = false;
  }
}
