import { type DeliveryFaults, NO_DELIVERY_FAULTS } from "../model/webhook.ts";

/** The faults of webhook deliveries: as the sandbox was started, changed while it runs, and back again with a reset. In memory. */
export class WebhookFaults {
  readonly #initial: DeliveryFaults;
  #current: DeliveryFaults;

  constructor(initial: Partial<DeliveryFaults> = {}) {
    this.#initial = { ...NO_DELIVERY_FAULTS, ...initial };
    this.#current = this.#initial;
  }

  get current(): DeliveryFaults {
    return this.#current;
  }

  /** Members left out stay as they are. */
  set(faults: Partial<DeliveryFaults>): DeliveryFaults {
    this.#current = { ...this.#current, ...faults };
    return this.#current;
  }

  reset(): void {
    this.#current = this.#initial;
  }
}
