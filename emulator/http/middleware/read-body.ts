import express, { type Request, type RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";
import { callOf } from "../call.ts";
import type { Operation } from "../document.ts";

/** Largest body, in bytes: 1 MiB. */
export const BODY_LIMIT = 1_048_576;

/** What body-parser inflates. */
const ENCODINGS = ["gzip", "deflate", "br", "identity"];

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
    const isUtf8 = charset === undefined || charset === "utf-8" || charset === "utf8";
    const isEncodingKnown = ENCODINGS.includes(req.headers["content-encoding"]?.toLowerCase() ?? "identity");
    if (operation.consumes.includes(type) && isUtf8 && isEncodingKnown) return;
    const accepted = operation.consumes.join(", ");
    throw new ApiError(
      "UNSUPPORTED_MEDIA_TYPE",
      `Send the body as ${accepted} in UTF-8, with the Content-Encoding ${ENCODINGS.join(" or ")}.`,
      {
        headers: {
          Accept: accepted,
          ...(operation.method === "patch" ? { "Accept-Patch": accepted } : {}),
          ...(isEncodingKnown ? {} : { "Accept-Encoding": ENCODINGS.join(", ") }),
        },
      },
    );
  }

  return [
    function checkTypeAndLength(req, _res, next) {
      refuseType(req);
      // The reader below would first read all of it.
      if (Number(req.headers["content-length"]) > BODY_LIMIT) throw new ApiError("PAYLOAD_TOO_LARGE", "The body is larger than 1 MiB.");
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
