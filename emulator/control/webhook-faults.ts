import { ApiError } from "../model/errors.ts";
import { DELIVERY_ORDERS, type DeliveryFaults, FORGERIES, NO_DELIVERY_FAULTS } from "../model/webhook.ts";

const MOST = 5;

/** What each member must be, and how a refusal says so. */
const MEMBERS: Readonly<Record<keyof DeliveryFaults, { readonly is: (value: unknown) => boolean; readonly what: string }>> = {
  order: { is: (value) => (DELIVERY_ORDERS as readonly unknown[]).includes(value), what: `one of ${DELIVERY_ORDERS.join(", ")}` },
  duplicates: { is: (value) => isTo(value), what: `a number from 0 to ${MOST}` },
  forge: {
    is: (value) => value === null || (FORGERIES as readonly unknown[]).includes(value),
    what: `one of ${FORGERIES.join(", ")}, or null`,
  },
  drop_first: { is: (value) => isTo(value) && Number.isInteger(value), what: `a whole number from 0 to ${MOST}` },
};

/** Members of delivery faults, checked. Throws INVALID_REQUEST, which says what is accepted. */
export function readDeliveryFaults(input: unknown): Partial<DeliveryFaults> {
  const names = Object.keys(MEMBERS).join(", ");
  if (input === null || typeof input !== "object" || Array.isArray(input)) throw wrong("", `Send an object with some of ${names}.`);
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const member = Object.hasOwn(MEMBERS, name) ? MEMBERS[name as keyof DeliveryFaults] : null;
    if (!member) throw wrong(name, `${name} is not known here; there are ${names}.`);
    if (!member.is(value)) throw wrong(name, `${name} is ${member.what}.`);
  }
  return Object.fromEntries(given);
}

/** The faults of webhook deliveries: as the sandbox was started, changed while it runs, and back again with a reset. In memory. */
export class WebhookFaults {
  readonly #initial: DeliveryFaults;
  #current: DeliveryFaults;

  /** Throws INVALID_REQUEST. */
  constructor(initial: Partial<DeliveryFaults> = {}) {
    this.#initial = { ...NO_DELIVERY_FAULTS, ...readDeliveryFaults(initial) };
    this.#current = this.#initial;
  }

  get current(): DeliveryFaults {
    return this.#current;
  }

  /** Members left out stay as they are. Throws INVALID_REQUEST. */
  set(faults: Partial<DeliveryFaults>): DeliveryFaults {
    this.#current = { ...this.#current, ...readDeliveryFaults(faults) };
    return this.#current;
  }

  reset(): void {
    this.#current = this.#initial;
  }
}

function isTo(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= MOST;
}

function wrong(param: string, message: string): ApiError {
  return new ApiError("INVALID_REQUEST", message, param === "" ? {} : { param });
}
