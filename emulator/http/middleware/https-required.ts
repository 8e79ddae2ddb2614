import type { RequestListener } from "node:http";
import { ApiError } from "../../model/errors.ts";
import { errorEnvelope, STATUS } from "../envelope.ts";
import { isForControl, lineOf, type RawRecorder } from "../raw-exchange.ts";
import { headOf } from "../response-head.ts";

/** Refuses whatever comes in clear: never a redirect, and the key that was sent is not looked at. */
export function httpsRequired(recorder: RawRecorder): RequestListener {
  return function refusePlain(req, res) {
    const id = recorder.requestId();
    const error = new ApiError("HTTPS_REQUIRED", "This sandbox speaks HTTPS only; the request in clear was not processed.");
    const body = JSON.stringify(errorEnvelope(error, id, isForControl(req.url ?? null)));
    res.writeHead(STATUS[error.code], {
      "Request-Id": id,
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(body),
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
      Connection: "close",
    });
    const isHead = req.method === "HEAD";
    const refusal = { requestId: id, status: STATUS[error.code], code: error.code, body: isHead ? null : body };
    recorder.refused({ ...lineOf(req), ...refusal, responseHead: headOf(res) });
    res.end(isHead ? undefined : body);
  };
}
