import type { Response } from "express";
import type { ApiError } from "../model/errors.ts";
import { errorEnvelope, statusOf } from "./envelope.ts";

/** Header fields that are about the request or its connection, whatever is answered. */
const STAYS = /^(request-id|x-content-type-options|ratelimit|ratelimit-policy|vary|access-control-.*)$/;

/** Puts a refusal in the place of an answer whose head has not left. Returns its body. */
export function replaceAnswer(res: Response, error: ApiError): string {
  const body = JSON.stringify(errorEnvelope(error, res.locals.requestId));
  for (const name of res.getHeaderNames()) if (!STAYS.test(name)) res.removeHeader(name);
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
  res.status(statusOf(error));
  res.setHeader("Cache-Control", "no-store");
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.setHeader("Content-Length", Buffer.byteLength(body));
  return body;
}
