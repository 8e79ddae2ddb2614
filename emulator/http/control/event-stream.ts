import type { Request, Response } from "express";
import type { Controls } from "../../control/controls.ts";
import { BEFORE_ALL } from "../../control/event-log.ts";
import { summaryOf } from "../../control/exchange.ts";
import type { FeedMessage } from "../../control/feed.ts";
import type { Matches } from "../../control/request-filter.ts";
import type { OpenStreams } from "./open-streams.ts";

/** Often enough that proxies and clients do not take silence for the end. */
const HEARTBEAT_MS = 15_000;

/** What a reader wants to be told. */
interface StreamWish {
  /** `event`, `request`. */
  readonly kinds: ReadonlySet<string>;
  /** Which requests. */
  readonly matches: Matches;
}

/**
 * Server-sent events (HTML Living Standard §9.2):
 * `watching` first, with what was missed since `Last-Event-ID`; `event` for each as it is committed; `resent` for a past one that was asked
 * for again; `request` for each request to the API as it is answered, without its bodies; `reset` when the state became another one.
 * `data` is JSON. The id is the newest event's, so that the next `Last-Event-ID` is always where the consumer stands. Ends when the sandbox
 * does. Throws STREAM_LIMIT.
 */
export function streamEvents(controls: Controls, streams: OpenStreams, { kinds, matches }: StreamWish, req: Request, res: Response): void {
  // Whoever has left while the disk was waited for would never leave again.
  if (res.closed) return;
  if (req.method !== "HEAD") streams.refuseFull();
  const isWanted = (kind: FeedMessage["kind"]) => ["reset", "end"].includes(kind) || kinds.has(kind === "resent" ? "event" : kind);
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
  if (req.method === "HEAD") return void res.end();
  const beat = setInterval(() => write(": still here\n\n"), HEARTBEAT_MS);
  const unwatch = controls.watch((message) => {
    if (!isWanted(message.kind)) return;
    switch (message.kind) {
      case "request":
        if (matches(message.exchange)) say("request", null, summaryOf(message.exchange));
        return;
      case "event":
        return say("event", message.event.id, message.event);
      case "resent":
        return say("resent", null, message.event);
      case "reset":
        return say("reset", controls.missedSince(null).latest ?? BEFORE_ALL, {});
      case "end":
        stop();
        res.end();
    }
  }, kinds.has("event"));
  let stopped = false;
  streams.add(res, stop);
  res.on("close", stop);
  res.on("error", stop);
  // Told in the same turn as the watch began: nothing can come between.
  const { latest, ...missed } = controls.missedSince(req.headers["last-event-id"]?.toString() ?? null);
  say("watching", latest ?? BEFORE_ALL, { missed });

  function say(event: string, id: string | null, data: unknown): void {
    write(`event: ${event}\n${id === null ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
  }

  function write(text: string): void {
    if (stopped) return;
    res.write(text);
    streams.written(res);
  }

  function stop(): void {
    if (stopped) return;
    stopped = true;
    clearInterval(beat);
    streams.delete(res);
    unwatch();
  }
}
