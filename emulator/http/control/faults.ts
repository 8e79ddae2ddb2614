import { Router } from "express";
import type { Controls } from "../../control/controls.ts";
import { successEnvelope } from "../envelope.ts";

/** Faults, mounted at /_sandbox/faults. */
export function faultRoutes({ faults }: Pick<Controls, "faults">): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get("/", (_req, res) => {
    res.json(successEnvelope(faults.list(), "Faults, in the order in which they are tried."));
  });
  router.post("/", (req, res) => {
    const fault = faults.add(req.body);
    res.status(201).json(successEnvelope(fault, `Added the fault ${fault.id}.`));
  });
  router.delete("/", (_req, res) => {
    faults.clear();
    res.json(successEnvelope(null, "Cleared all faults."));
  });
  router.delete("/:id", (req, res) => {
    faults.clear(req.params.id);
    res.json(successEnvelope({ id: req.params.id }, `Cleared the fault ${req.params.id}.`));
  });
  return router;
}
