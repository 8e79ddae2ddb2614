import type { Response } from "express";
import type { Send } from "../leave.ts";
import type { HangingRequests } from "./hanging.ts";

/** Often enough that a reader sees it trickle. */
const PIECE_MS = 100;

/** Sends the head at once and the body at so many bytes a second. An answer without a body is not slow. */
export function sendSlowly(res: Response, answer: unknown[], bytesPerSecond: number, send: Send, hanging: HangingRequests): void {
  const [body, encoding] = answer;
  if (!(typeof body === "string" || Buffer.isBuffer(body)) || body.length === 0 || res.req.method === "HEAD") {
    send(answer);
    return;
  }
  const bytes = typeof body === "string" ? Buffer.from(body, typeof encoding === "string" ? (encoding as BufferEncoding) : "utf8") : body;
  const interval = Math.max(PIECE_MS, 1000 / bytesPerSecond);
  const size = Math.max(1, Math.round((bytesPerSecond * interval) / 1000));
  let sent = 0;
  hanging.hold(res);
  res.flushHeaders();
  const timer = setInterval(() => {
    res.write(bytes.subarray(sent, sent + size));
    sent += size;
    if (sent < bytes.length) return;
    clearInterval(timer);
    send([]);
  }, interval);
  res.once("close", () => clearInterval(timer));
}
