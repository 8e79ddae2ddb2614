import express, { type Request, type RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";
import { callOf } from "../call.ts";
import type { Operation } from "../document.ts";

/** Largest body, in bytes: 1 MiB. */
export const BODY_LIMIT = 1_048_576;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a JSON body of the operation's media types: first its type, then its size, then its syntax. */
export function readBody(operation: Operation): RequestHandler[] {
  const raw = express.raw({ limit: BODY_LIMIT, type: () => true });

  function refuseType(req: Request): void {
    if (!hasBody(req)) return;
    const [type = "", ...parameters] = (req.headers["content-type"] ?? "").split(";").map((part) => part.trim().toLowerCase());
    const charset = parameters
      .find((each) => each.startsWith("charset="))
      ?.slice(8)
      .replaceAll('"', "");
    if (operation.consumes.includes(type) && (charset === undefined || charset === "utf-8" || charset === "utf8")) return;
    const accepted = operation.consumes.join(", ");
    throw new ApiError("UNSUPPORTED_MEDIA_TYPE", `Send the body as ${accepted} in UTF-8.`, {
      headers: operation.method === "patch" ? { Accept: accepted, "Accept-Patch": accepted } : { Accept: accepted },
    });
  }

  return [
    function checkMediaType(req, _res, next) {
      refuseType(req);
      next();
    },
    raw,
    function parseJson(req, res, next) {
      if (Buffer.isBuffer(req.body) && req.body.length > 0) callOf(res).body = parse(req.body);
      next();
    },
  ];
}

function hasBody(req: Request): boolean {
  const length = req.headers["content-length"];
  return req.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new ApiError("MALFORMED_JSON", "The body is not valid JSON in UTF-8.", { cause });
  }
}
