import { Router } from "express";
import type { Controls } from "../../control/controls.ts";
import { ApiError } from "../../model/errors.ts";
import { successEnvelope } from "../envelope.ts";

/** Whole states, mounted at /_sandbox. */
export function transferRoutes(controls: Pick<Controls, "export" | "import">): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get("/export", async (_req, res) => {
    res.json(successEnvelope({ yaml: await controls.export() }, "The whole state, but for secrets."));
  });
  router.post("/import", async (req, res) => {
    const yaml: unknown = req.body?.yaml;
    if (typeof yaml !== "string")
      throw new ApiError("INVALID_REQUEST", 'Send {"yaml": "…"} with the text of an export.', { param: "yaml" });
    const imported = await controls.import(yaml);
    res.json(successEnvelope(imported, "Imported. Webhook secrets and the issuer key are new."));
  });
  return router;
}
