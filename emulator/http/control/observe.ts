import type { Request, Response, Router } from "express";
import type { Controls } from "../../control/controls.ts";
import { summaryOf } from "../../control/exchange.ts";
import type { FeedMessage } from "../../control/feed.ts";
import type { RequestQuery } from "../../control/request-filter.ts";
import { ApiError } from "../../model/errors.ts";
import { successEnvelope } from "../envelope.ts";

/** What is seen of a sandbox: its request log, traces, coverage, and the live stream. */
export function observe(router: Router, controls: Controls): void {
  router.get("/requests", (req, res) => {
    const items = controls.requests.list(queryOf(req));
    res.json(successEnvelope({ items }, `${items.length} requests, newest first.`));
  });
  router.get("/requests/count", (req, res) => {
    const count = controls.requests.count(queryOf(req));
    res.json(successEnvelope({ count }, `${count} requests fit.`));
  });
  router.delete("/requests", (_req, res) => {
    controls.requests.clear();
    res.json(successEnvelope(null, "Cleared the request log."));
  });
  router.get("/requests/:request_id/trace", (req, res) => {
    const trace = controls.trace(req.params.request_id);
    res.json(successEnvelope(trace, `${trace.request.method} ${trace.request.path} was answered with ${trace.request.status}.`));
  });
  router.get("/coverage", (_req, res) => {
    const coverage = controls.coverage();
    res.json(successEnvelope(coverage, `The client has met ${coverage.percent} % of the API.`));
  });
  router.get("/events", (req, res) => stream(controls, res, kindsOf(req)));
}

const FILTERS = ["operationId", "method", "path", "status", "code", "api_key", "since"] as const;

function queryOf({ query }: Request): RequestQuery {
  const unknown = Object.keys(query).find((name) => ![...FILTERS, "session", "limit"].includes(name));
  if (unknown !== undefined) {
    throw new ApiError("UNKNOWN_PARAMETER", `${unknown} is no filter; there are ${FILTERS.join(", ")}, session and limit.`, {
      param: unknown,
    });
  }
  const given = FILTERS.filter((name) => query[name] !== undefined).map((name) => [name, String(query[name])]);
  return {
    ...Object.fromEntries(given),
    ...(query.session === "true" ? { session: true } : {}),
    ...(query.limit === undefined ? {} : { limit: Number(query.limit) }),
  };
}

const KINDS = ["event", "request"] as const;

/** `?kinds=request`: what is told besides resets; everything without. Throws INVALID_REQUEST. */
function kindsOf({ query }: Request): readonly string[] {
  const kinds = query.kinds === undefined ? KINDS : String(query.kinds).split(",");
  if (kinds.every((kind) => (KINDS as readonly string[]).includes(kind))) return kinds;
  throw new ApiError("INVALID_REQUEST", `kinds is a list of ${KINDS.join(" and ")}.`, { param: "kinds" });
}

const HEARTBEAT_MS = 15_000;

/** Server-sent events (HTML Living Standard §9.2): `event: event` and `event: request` with JSON, and `event: reset`. */
function stream(controls: Controls, res: Response, kinds: readonly string[]): void {
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
  res.write(": watching\n\n");
  const beat = setInterval(() => res.write(": still here\n\n"), HEARTBEAT_MS);
  const stop = controls.watch((message) => {
    if (message.kind === "reset" || kinds.includes(message.kind)) res.write(written(message));
  });
  res.on("close", () => {
    clearInterval(beat);
    stop();
  });
}

function written(message: FeedMessage): string {
  if (message.kind === "reset") return "event: reset\ndata: {}\n\n";
  const [id, data] =
    message.kind === "event" ? [message.event.id, message.event] : [message.exchange.requestId, summaryOf(message.exchange)];
  return `event: ${message.kind}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
