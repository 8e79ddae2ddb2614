import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Request, Router } from "express";
import type { Controls } from "../../control/controls.ts";
import { FILE_LIMIT } from "../../control/fixtures/read-state.ts";
import { ApiError } from "../../model/errors.ts";
import { successEnvelope } from "../envelope.ts";

const YAML = "application/yaml";

/** Whole states as YAML, mounted at /_sandbox: written and read in pieces, as fast as the other side is. */
export function transferRoutes(controls: Pick<Controls, "export" | "import">): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.get("/export", async (req, res) => {
    const pieces = await controls.export();
    res.setHeader("Content-Type", YAML);
    res.setHeader("Cache-Control", "no-store");
    if (req.method === "HEAD") return void res.end();
    try {
      await pipeline(Readable.from(pieces), res);
    } catch (error) {
      // Whoever went away while reading needs no answer; what breaks off otherwise must not look whole.
      if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    }
  });
  router.post("/import", async (req, res) => {
    try {
      refuseOther(req);
      const imported = await controls.import(req.iterator({ destroyOnReturn: false }));
      res.json(successEnvelope(imported, "Imported. Webhook secrets and the issuer key are new."));
    } catch (error) {
      // The rest is of no use, but whoever is still sending it would not hear the refusal.
      req.on("data", () => {});
      throw error;
    }
  });
  return router;
}

function refuseOther(req: Request): void {
  if (!req.is(YAML) || req.headers["content-encoding"] !== undefined) {
    throw new ApiError("UNSUPPORTED_MEDIA_TYPE", `Send the text of an export as ${YAML}, without a Content-Encoding.`, {
      headers: { Accept: YAML },
    });
  }
  if (Number(req.headers["content-length"]) > FILE_LIMIT) throw new ApiError("PAYLOAD_TOO_LARGE", "An import is at most 2 GiB long.");
}
