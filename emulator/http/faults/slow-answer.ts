import type { Response } from "express";
import type { Send } from "../leave.ts";
import type { HangingRequests } from "./hanging.ts";

/** Often enough that a reader sees it trickle. */
const PIECE_MS = 100;

interface SlowAnswer {
  readonly bytesPerSecond: number;
  readonly send: Send;
  readonly hanging: HangingRequests;
  /** Called once: when the last piece has been sent, or when the connection ends before. */
  readonly sent: (delivered: boolean) => void;
}

/** Sends the head at once and the body at so many bytes a second. An answer without a body is not slow. */
export function sendSlowly(res: Response, answer: unknown[], { bytesPerSecond, send, hanging, sent }: SlowAnswer): void {
  const [body, encoding] = answer;
  if (!(typeof body === "string" || Buffer.isBuffer(body)) || body.length === 0 || res.req.method === "HEAD") {
    send(answer);
    sent(!res.destroyed);
    return;
  }
  if (!hanging.hold(res)) {
    sent(false);
    return;
  }
  const bytes = typeof body === "string" ? Buffer.from(body, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8") : body;
  const interval = Math.max(PIECE_MS, 1000 / bytesPerSecond);
  const size = Math.max(1, Math.round((bytesPerSecond * interval) / 1000));
  let at = 0;
  res.flushHeaders();
  const timer = setInterval(() => {
    res.write(bytes.subarray(at, at + size));
    at += size;
    if (at < bytes.length) return;
    clearInterval(timer);
    res.off("close", leave);
    send([]);
    sent(!res.destroyed);
  }, interval);
  res.once("close", leave);

  /** The client did not wait for the rest, or the sandbox stops. */
  function leave(): void {
    clearInterval(timer);
    sent(false);
  }
}
