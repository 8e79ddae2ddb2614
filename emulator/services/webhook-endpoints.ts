import { isDeepStrictEqual } from "node:util";
import { type AddressKind, addressKind, hostKind } from "../model/address-kind.ts";
import { refuse } from "../model/errors.ts";
import { instantText } from "../model/instant.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type {
  WebhookEndpoint,
  WebhookEndpointCreate,
  WebhookEndpointRecord,
  WebhookEndpointUpdate,
  WebhookSecret,
} from "../model/webhook.ts";
import type { Reader } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import { patched } from "./merge-patch.ts";
import { page } from "./pages.ts";

const ROTATION_MS = 86_400_000;
const MOST_ENDPOINTS = 50;

/** Webhook endpoints and their secrets. */
export class WebhookEndpoints {
  readonly #isLocal: () => boolean;

  /** `isLocal`: whether the sandbox is served on loopback alone, so that its receivers may be there too. */
  constructor(isLocal: () => boolean) {
    this.#isLocal = isLocal;
  }

  /** Throws WEBHOOK_URL_NOT_ALLOWED, WEBHOOK_ENDPOINT_LIMIT. The secret is shown only now. */
  create(unit: Unit, input: WebhookEndpointCreate): { endpoint: WebhookEndpoint; secret: string } {
    this.#refuseUrl(input.url);
    if (unit.count("webhook_endpoints") >= MOST_ENDPOINTS) {
      const facts = { max_endpoints: MOST_ENDPOINTS };
      throw refuse("WEBHOOK_ENDPOINT_LIMIT", `There are ${MOST_ENDPOINTS} endpoints, the most there can be; delete one first.`, "", facts);
    }
    const endpoint: WebhookEndpointRecord = {
      id: unit.newId("whe"),
      object: "webhook_endpoint",
      url: input.url,
      enabled_events: input.enabled_events ?? ["*"],
      status: "enabled",
      disabled_reason: null,
      description: input.description ?? null,
      previous_secret_expires_at: null,
      created_at: unit.at,
      updated_at: unit.at,
      succeeded_at: null,
    };
    const secret = newSecret(unit);
    unit.put("webhook_endpoints", endpoint);
    unit.put("webhook_secrets", { id: endpoint.id, secret, previous: null, previous_expires_at: null });
    return { endpoint: shownEndpoint(endpoint), secret };
  }

  /** Throws WEBHOOK_ENDPOINT_NOT_FOUND. */
  get(records: Reader, id: string): WebhookEndpoint {
    return shownEndpoint(this.find(records, id));
  }

  find(records: Reader, id: string): WebhookEndpointRecord {
    const endpoint = records.get("webhook_endpoints", id);
    if (!endpoint) throw refuse("WEBHOOK_ENDPOINT_NOT_FOUND", `There is no webhook endpoint with the id ${id}.`, "/webhook_endpoint_id");
    return endpoint;
  }

  list(records: Reader, { status }: { status?: WebhookEndpoint["status"] | undefined }, query: PageQuery): Page<WebhookEndpoint> {
    const found = page(records, "webhook_endpoints", query, { where: (each) => status === undefined || each.status === status });
    return { ...found, items: found.items.map(shownEndpoint) };
  }

  /** Merge patch. Throws as `create`, and WEBHOOK_ENDPOINT_NOT_FOUND. Disabling cancels what is pending. */
  update(unit: Unit, id: string, patch: WebhookEndpointUpdate): WebhookEndpoint {
    const before = this.find(unit, id);
    if (patch.url !== undefined && patch.url !== before.url) this.#refuseUrl(patch.url);
    const status = patched(patch.status, before.status, "enabled");
    const endpoint: WebhookEndpointRecord = {
      ...before,
      url: patch.url ?? before.url,
      enabled_events: patched(patch.enabled_events, before.enabled_events, ["*"]),
      description: patched(patch.description, before.description, null),
      status,
      disabled_reason: status === "enabled" ? null : (before.disabled_reason ?? "manual"),
    };
    if (isDeepStrictEqual(endpoint, before)) return shownEndpoint(before);
    const updated = { ...endpoint, updated_at: unit.at };
    unit.put("webhook_endpoints", updated);
    if (status === "disabled" && before.status === "enabled") cancelPending(unit, id);
    return shownEndpoint(updated);
  }

  /** Throws WEBHOOK_ENDPOINT_NOT_FOUND. Its deliveries go with it. */
  remove(unit: Unit, id: string): void {
    this.find(unit, id);
    for (const delivery of unit.by("webhook_deliveries", "endpoint", id)) unit.remove("webhook_deliveries", delivery.id);
    unit.remove("webhook_secrets", id);
    unit.remove("webhook_endpoints", id);
  }

  /** A new secret; the old one signs too for 24 h. Throws WEBHOOK_ENDPOINT_NOT_FOUND, INVALID_REQUEST at the end of the year 9999. */
  rotate(unit: Unit, id: string): { endpoint: WebhookEndpoint; secret: string } {
    const before = this.find(unit, id);
    const { secret: previous } = unit.get("webhook_secrets", id) as WebhookSecret;
    const until = unit.now + ROTATION_MS;
    const secret = newSecret(unit);
    const endpoint = { ...before, previous_secret_expires_at: instantText(until), updated_at: unit.at };
    unit.put("webhook_secrets", { id, secret, previous, previous_expires_at: until });
    unit.put("webhook_endpoints", endpoint);
    return { endpoint: shownEndpoint(endpoint), secret };
  }

  /** Whether this address may be called. */
  allows(address: string): boolean {
    const kind = addressKind(address);
    return kind !== null && this.#forbidding(kind) === null;
  }

  /** What can be told of a URL before its name is resolved. */
  #refuseUrl(text: string): void {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.username !== "" || url.password !== "" || url.hash !== "") {
      throw refuse("VALIDATION_FAILED", "A webhook's url is an http or https URL without user name, password and fragment.", "/url");
    }
    const rule = this.#forbidding(hostKind(url.hostname)) ?? (url.protocol === "http:" && !this.#isLocal() ? "http" : null);
    if (rule !== null) throw refuse("WEBHOOK_URL_NOT_ALLOWED", `Webhooks are not sent there: ${WHY[rule]}.`, "/url", { rule });
  }

  /** The rule that forbids this kind of address; null if it may be called. */
  #forbidding(kind: AddressKind): Exclude<AddressKind, "public"> | null {
    return kind === "public" || (this.#isLocal() && (kind === "loopback" || kind === "private")) ? null : kind;
  }
}

const WHY: Readonly<Record<Exclude<AddressKind, "public"> | "http", string>> = {
  metadata: "this is where a cloud tells machines their secrets",
  link_local: "the address is link-local",
  multicast: "the address is not that of one machine",
  private: "the address is private, and this sandbox is served beyond loopback",
  loopback: "the address is loopback, and this sandbox is served beyond it",
  http: "a sandbox that is served beyond loopback sends to https only",
};

/** As answered: without what is kept for deliveries. */
function shownEndpoint({ succeeded_at: _kept, ...endpoint }: WebhookEndpointRecord): WebhookEndpoint {
  return { ...endpoint, secret: null };
}

/** The secrets that sign now: the present one first. */
export function signingSecrets({ secret, previous, previous_expires_at }: WebhookSecret, now: number): string[] {
  const old = previous !== null && previous_expires_at !== null && now < previous_expires_at ? [previous] : [];
  return [secret, ...old];
}

/** Deliveries that still wait will not be made. */
export function cancelPending(unit: Unit, endpointId: string): void {
  for (const delivery of unit.by("webhook_deliveries", "pending", endpointId)) {
    unit.put("webhook_deliveries", { ...delivery, status: "failed", queued: false, next_attempt_at: null });
  }
}

/** `whsec_` and the base64 of 32 bytes. */
/** A signing secret as Standard Webhooks writes it. */
export function newSecret(unit: Unit): string {
  return `whsec_${Buffer.from(unit.secret("0123456789abcdef", 64), "hex").toString("base64")}`;
}
