import { createHash } from "node:crypto";
import type { EventRecord } from "../model/event.ts";
import type { Forgery } from "../model/webhook.ts";
import { signedEvent } from "./webhook-signature.ts";

/** Receivers refuse what is older than five minutes (Standard Webhooks 1.0.0, "Verifying webhook authenticity"). */
const TOO_OLD_S = 3600;

/** An event as a forger would send it: well-formed, and to be refused by every receiver that verifies. `timestamp`: seconds since the epoch. */
export function forgedEvent(event: EventRecord, secrets: readonly string[], timestamp: number, forgery: Forgery) {
  switch (forgery) {
    case "signature":
      return signedEvent(event, secrets.map(anotherSecret), timestamp);
    case "timestamp":
      return signedEvent(event, secrets, timestamp - TOO_OLD_S);
    case "body": {
      const signed = signedEvent(event, secrets, timestamp);
      return { ...signed, body: `${signed.body.slice(0, -1)},"forged":true}` };
    }
  }
}

function anotherSecret(secret: string): string {
  return `whsec_${createHash("sha256").update(`forged ${secret}`).digest("base64")}`;
}
