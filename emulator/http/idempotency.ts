import { hash } from "node:crypto";
import type { Request } from "express";
import { ApiError } from "../model/errors.ts";
import type { IdempotencyRecord } from "../model/idempotency.ts";
import type { Reader } from "../ports/store.ts";
import { type Call, header } from "./call.ts";

/** How long a first answer is kept, in ms of sandbox time. */
export const KEPT_MS = 24 * 3_600_000;

/** A request's claim on its Idempotency-Key. */
export interface Claim {
  readonly id: string;
  readonly payload: string;
}

/**
 * Idempotency keys (draft-ietf-httpapi-idempotency-key-header): who is running is known in memory, what was answered in
 * the records, written in the unit of the effect it belongs to.
 */
export class Idempotency {
  readonly #running = new Map<string, string>();

  /** The claim of a request, or null without the header. Throws INVALID_REQUEST for a malformed one. */
  static claim(req: Request, call: Call): Claim | null {
    const sent = req.headersDistinct["idempotency-key"];
    if (!sent) return null;
    const [, quoted, bare] = /^(?:"((?:[^"\\]|\\["\\])*)"|([^"\s](?:.*[^\s])?|[^"\s]))$/.exec(sent[0] ?? "") ?? [];
    const value = quoted?.replace(/\\(["\\])/g, "$1") ?? bare;
    if (sent.length > 1 || value === undefined || !/^[\x20-\x7e]{1,255}$/.test(value)) {
      throw new ApiError("INVALID_REQUEST", "An Idempotency-Key is 1 to 255 printable ASCII characters.", { param: "Idempotency-Key" });
    }
    // Hashed, since a client may put anything into its keys and paths, people's names and secrets too.
    const id = hash("sha256", [call.key?.id, call.operation.method, req.path, value].join(" "));
    return { id, payload: hash("sha256", canonical([call.body ?? null, call.query])) };
  }

  /** Takes the key for this request. Returns the kept answer, if there is one. Throws IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED. */
  reserve(records: Reader, { id, payload }: Claim, now: number): IdempotencyRecord | null {
    const kept = records.get("idempotency", id);
    const fresh = kept && kept.expires_at > now ? kept : null;
    const running = this.#running.get(id);
    if ((running ?? fresh?.payload ?? payload) !== payload) {
      throw new ApiError("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key was used for another request; choose a new one.");
    }
    if (running !== undefined) {
      throw new ApiError("IDEMPOTENCY_IN_PROGRESS", "The first request with this Idempotency-Key is still running.", {
        headers: { "Retry-After": "1" },
      });
    }
    if (fresh) return fresh;
    this.#running.set(id, payload);
    return null;
  }

  release(claim: Claim): void {
    this.#running.delete(claim.id);
  }
}

/** The If-Match of a request, when sent once. */
export function ifMatchOf(req: Request): string | undefined {
  return header(req, "if-match");
}

/** JSON with sorted member names: equal for equal payloads, however they were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
