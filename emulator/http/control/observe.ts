import type { Request, Router } from "express";
import type { Controls } from "../../control/controls.ts";
import type { RequestQuery } from "../../control/request-filter.ts";
import { ApiError } from "../../model/errors.ts";
import { successEnvelope } from "../envelope.ts";

/** What is seen of a sandbox: its request log, traces and coverage. */
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
