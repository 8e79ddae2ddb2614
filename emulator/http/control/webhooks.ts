import { Router } from "express";
import type { Controls } from "../../control/controls.ts";
import { successEnvelope } from "../envelope.ts";

/** Faults of webhook deliveries, mounted at /_sandbox/webhooks. */
export function webhookRoutes({ webhooks }: Pick<Controls, "webhooks">): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get("/", (_req, res) => {
    res.json(successEnvelope(webhooks.show(), "How webhooks are delivered."));
  });
  router.put("/", (req, res) => {
    res.json(successEnvelope(webhooks.set(req.body), "Set how webhooks are delivered; attempts to come follow it."));
  });
  return router;
}
