import type { RequestListener } from "node:http";
import { ApiError } from "../../model/errors.ts";
import { errorEnvelope, STATUS } from "../envelope.ts";

/** Refuses whatever comes in clear: never a redirect, and the key that was sent is not looked at. */
export function httpsRequired(requestId: () => string): RequestListener {
  return function refusePlain(req, res) {
    const id = requestId();
    const error = new ApiError("HTTPS_REQUIRED", "This sandbox speaks HTTPS only; the request in clear was not processed.");
    const body = JSON.stringify(errorEnvelope(error, id));
    res.writeHead(STATUS[error.code], {
      "Request-Id": id,
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(body),
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
      Connection: "close",
    });
    res.end(req.method === "HEAD" ? undefined : body);
  };
}
