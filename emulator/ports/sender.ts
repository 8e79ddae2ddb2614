import type { DeliveryError } from "../model/webhook.ts";

export interface OutgoingRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Which addresses may be called, checked again after the name was resolved. */
  readonly allows: (address: string) => boolean;
}

export interface SendResult {
  /** Null when there was no answer. */
  readonly response_status: number | null;
  readonly error: DeliveryError | null;
  /** From `Retry-After` (RFC 9110 §10.2.3); null without. */
  readonly retry_after_ms: number | null;
}

/** Sends POSTs to receivers of webhooks. Contract suite: test/ports/sender.ts. */
export interface Sender {
  /** One attempt, ended after 15 s of real time. Redirects are not followed. Never rejects. */
  post(request: OutgoingRequest): Promise<SendResult>;
  /** Ends the connections that are open. */
  close(): Promise<void>;
}
