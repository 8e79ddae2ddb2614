import type { EventRecord, EventType } from "../../model/event.ts";
import type { DeliveryError } from "../../model/webhook.ts";
import { oneLine, printable } from "../printable.ts";

/** What a session has to tell. */
type Report =
  | { readonly kind: "ready"; readonly secret: string; readonly forward_to: string | null; readonly events: readonly EventType[] | null }
  | { readonly kind: "event"; readonly event: EventRecord; readonly resent: boolean }
  | { readonly kind: "forwarded"; readonly event_id: string; readonly url: string; readonly status: number; readonly duration_ms: number }
  | { readonly kind: "not_forwarded"; readonly event_id: string; readonly url: string; readonly error: DeliveryError }
  /** The sandbox was reset or restored. */
  | { readonly kind: "reset" }
  | { readonly kind: "disconnected" }
  | {
      readonly kind: "reconnected";
      /** Whether the last event seen is still there; if not, it cannot be told what was missed. */
      readonly known: boolean;
      /** Events that happened while away, oldest first. */
      readonly missed: readonly { readonly id: string; readonly type: EventType }[];
      /** Whether there are older ones. */
      readonly more: boolean;
    }
  /** The session ends with events that were not forwarded yet. */
  | { readonly kind: "left"; readonly event_ids: readonly string[] };

export type Reporter = (report: Report) => void;

/** One JSON object a line. */
export function jsonLines(write: (text: string) => void): Reporter {
  return (report) => write(`${printable(JSON.stringify({ at: new Date().toISOString(), ...report }))}\n`);
}

/** Lines for people, as stripe-cli writes them. */
export function textLines(write: (text: string) => void): Reporter {
  return (report) => {
    const at = new Date().toISOString().slice(0, 19).replace("T", " ");
    for (const line of linesOf(report)) write(`${at}  ${oneLine(line)}\n`);
  };
}

function linesOf(report: Report): string[] {
  switch (report.kind) {
    case "ready": {
      const where = report.forward_to === null ? "Nothing is forwarded (--forward-to URL)." : `Forwarding to ${report.forward_to}.`;
      return [`Ready! Your webhook signing secret is ${report.secret} (^C to quit)`, where];
    }
    case "event":
      return [`--> ${report.event.type} [${report.event.id}]${report.resent ? " resent" : ""}`];
    case "forwarded":
      return [`<-- [${report.status}] POST ${report.url} [${report.event_id}]`];
    case "not_forwarded":
      return [`<-- [failed] POST ${report.url} [${report.event_id}]: ${WHY[report.error]}`];
    case "reset":
      return ["The sandbox was reset or restored; what happened since is gone."];
    case "disconnected":
      return ["The sandbox is gone; waiting for the same one to come back."];
    case "reconnected":
      return reconnected(report);
    case "left":
      return [`Not forwarded yet: ${again(report.event_ids, false)}`];
  }
}

function reconnected({ known, missed, more }: Report & { kind: "reconnected" }): string[] {
  if (!known) return ["Connected again; what happened before is gone, so events may have been missed."];
  if (missed.length === 0) return ["Connected again; no event was missed."];
  const count = `${more ? "more than " : ""}${missed.length === 1 ? "one event was" : `${missed.length} events were`}`;
  const ids = missed.map(({ id }) => id);
  return [`Connected again; ${count} missed. To get ${ids.length === 1 ? "it" : "them"}: ${again(ids, more)}`];
}

const MOST_NAMED = 20;

function again(ids: readonly string[], more: boolean): string {
  const rest = ids.length > MOST_NAMED || more ? "  # and those after, listed by GET /v1/events" : "";
  return `getsmart-sandbox resend ${ids.slice(0, MOST_NAMED).join(" ")}${rest}`;
}

/** Why there was no answer. */
const WHY: Readonly<Record<DeliveryError, string>> = {
  connection_refused: "nothing listens there (connection refused)",
  connection_reset: "the connection was closed before an answer came",
  connection_failed: "the connection failed",
  dns: "the name of the host is not known",
  timeout: "no answer within 15 seconds",
  tls: "TLS failed: its certificate is not trusted (name its authority with NODE_EXTRA_CA_CERTS=ca.pem, or give --skip-verify), or it speaks no TLS",
  invalid_response: "what it answered is not HTTP",
  url_not_allowed: "the address may not be called",
};
