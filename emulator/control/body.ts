import { hash } from "node:crypto";
import { redactJson, redactJsonText } from "./redact.ts";

/** Longest part of a body that is kept, in bytes: 64 KiB. */
export const BODY_KEPT = 65_536;

/** A body, or its beginning, as it came: what is shown of it is made when it is asked for. */
export interface Body {
  /** Its text, or one character per byte. */
  readonly kept: string;
  readonly isBytes: boolean;
  /** Of all of it. */
  readonly bytes: number;
  /** Of all of it, where not all is kept; otherwise it is computed when it is asked for. */
  readonly sha256: string | null;
}

/** The hash of a body that came when its request was answered already: set when the body has ended; null until then, and where it never does. */
export interface LateHash {
  sha256: string | null;
}

/** A body as shown: the JSON value, or text where it is not JSON or was cut. */
export interface LoggedBody {
  readonly bytes: number;
  readonly truncated: boolean;
  readonly body: unknown;
}

/** What is kept of the body of a request, which is hashed as a whole. Bytes take a third of what their text may take. */
export function keptBytes(sent: unknown): Body | null {
  if (!Buffer.isBuffer(sent) || sent.length === 0) return null;
  const sha256 = sent.length > BODY_KEPT ? hash("sha256", sent) : null;
  return { kept: sent.toString("latin1", 0, BODY_KEPT), isBytes: true, bytes: sent.length, sha256 };
}

/** What is kept of the body of an answer. A text is kept by reference: many answers are the same one. */
export function keptAnswer(sent: unknown): Body | null {
  if (typeof sent !== "string") return keptBytes(sent);
  if (sent === "") return null;
  const bytes = Buffer.byteLength(sent);
  if (bytes <= BODY_KEPT) return { kept: sent, isBytes: false, bytes, sha256: null };
  const beginning = Buffer.from(sent.slice(0, BODY_KEPT));
  return { kept: beginning.toString("latin1", 0, BODY_KEPT), isBytes: true, bytes, sha256: null };
}

export function textOf({ kept, isBytes }: Body): string {
  return isBytes ? Buffer.from(kept, "latin1").toString("utf8") : kept;
}

/** SHA-256 of a request's whole body, in hexadecimal digits. */
export function hashOf({ kept, sha256 }: Body): string {
  return sha256 ?? hash("sha256", Buffer.from(kept, "latin1"));
}

/** Bytes that are kept. */
export function sizeOf(body: Body | null): number {
  return body === null ? 0 : Math.min(body.bytes, BODY_KEPT);
}

export function loggedBody(body: Body | null): LoggedBody | null {
  if (!body) return null;
  const truncated = body.bytes > BODY_KEPT;
  const text = textOf(body);
  return { bytes: body.bytes, truncated, body: truncated ? redactJsonText(text) : readable(text) };
}

function readable(text: string): unknown {
  try {
    return redactJson(JSON.parse(text));
  } catch {
    return redactJsonText(text);
  }
}
