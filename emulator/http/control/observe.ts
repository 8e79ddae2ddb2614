import type { Router } from "express";
import type { Controls } from "../../control/controls.ts";
import { successEnvelope } from "../envelope.ts";
import { requestQuery } from "./request-query.ts";

/** What is seen of a sandbox: its request log, traces and coverage. */
export function observe(router: Router, controls: Controls): void {
  router.get("/requests", (req, res) => {
    const items = controls.requests.list(requestQuery(req.query));
    res.json(successEnvelope({ items }, `${items.length} requests, newest first.`));
  });
  router.get("/requests/count", (req, res) => {
    const count = controls.requests.count(requestQuery(req.query));
    res.json(successEnvelope({ count }, `${count} requests fit.`));
  });
  router.delete("/requests", (_req, res) => {
    controls.requests.clear();
    res.json(successEnvelope(null, "Cleared the request log."));
  });
  router.get("/requests/:request_id/trace", (req, res) => {
    const trace = controls.trace(req.params.request_id);
    res.json(
      successEnvelope(trace, `${trace.request.method} ${trace.request.path} was answered with ${trace.request.status ?? "nothing"}.`),
    );
  });
  router.get("/coverage", (_req, res) => {
    const coverage = controls.coverage();
    res.json(successEnvelope(coverage, `The client has met ${coverage.percent} % of the API.`));
  });
}
