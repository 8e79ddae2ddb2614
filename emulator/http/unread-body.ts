import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { clearTimeout, setTimeout } from "node:timers";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { LateHash } from "../control/body.ts";

/** Longest body that is hashed unless its operation takes a longer one: 1 MiB. */
const LIMIT = 2 ** 20;

/** How long a body may take after its request was answered. */
const PATIENCE_MS = 30_000;

/** A body is hashed as its operation would have read it. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Hashes the body of a request that is answered without it: as it comes, no more than `limit` bytes of it, and for some time. The answer
 * does not wait for it, nor does what Node does with the connection afterwards. Null for a request without a body, and for one whose body
 * was begun.
 */
export function hashUnread(req: IncomingMessage, limit = LIMIT, patience = PATIENCE_MS): LateHash | null {
  const { "content-length": length, "transfer-encoding": coding, "content-encoding": encoding = "" } = req.headers;
  if (coding === undefined && (length === undefined || length === "0")) return null;
  if (req.readableDidRead || req.destroyed || Number(length) > limit) return null;
  const late: LateHash = { sha256: null };
  const hash = createHash("sha256");
  const decoder = DECODERS[encoding.toLowerCase()]?.();
  const timer = setTimeout(giveUp, patience).unref();
  let [received, hashed] = [0, 0];
  req.on("data", take).once("end", end).once("close", leave);
  decoder?.on("data", add).once("end", finish).once("error", giveUp);
  // Begun now: when the answer has left, Node throws away what nobody has begun to read.
  req.read(0);
  return late;

  function take(chunk: Buffer): void {
    received += chunk.length;
    if (received > limit) giveUp();
    else if (decoder) decoder.write(chunk);
    else add(chunk);
  }

  function add(chunk: Buffer): void {
    hashed += chunk.length;
    if (hashed > limit) giveUp();
    else hash.update(chunk);
  }

  function end(): void {
    if (decoder) decoder.end();
    else finish();
  }

  function finish(): void {
    clearTimeout(timer);
    late.sha256 = hash.digest("hex");
  }

  function leave(): void {
    if (!req.complete) giveUp();
  }

  /** The rest is thrown away, as Node does. */
  function giveUp(): void {
    clearTimeout(timer);
    req.off("data", take).off("end", end).off("close", leave).resume();
    decoder?.off("data", add).off("end", finish).destroy();
  }
}
