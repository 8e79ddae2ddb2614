import { TextDecoder } from "node:util";
import type { Request, RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";
import { callOf } from "../call.ts";
import type { Operation } from "../document.ts";
import { tooLarge } from "../envelope.ts";
import { express } from "../express.ts";
import { whenBodyIsKnown } from "../has-body.ts";

/** What body-parser inflates. */
const ENCODINGS = ["gzip", "deflate", "br", "identity"];

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a JSON body of the operation's media types: first its type, then its size, then its syntax. */
export function readBody(operation: Operation): RequestHandler[] {
  const raw = express.raw({ limit: operation.bodyLimit, type: () => true });
  return [
    checkBody(operation),
    raw,
    function parseJson(req, res, next) {
      if (Buffer.isBuffer(req.body) && req.body.length > 0) callOf(res).body = parse(req.body);
      next();
    },
  ];
}

/** Refuses a body by its type, encoding or declared length, before any of it is read. `isStreamed`: it is read as it comes, and there is one. */
export function checkBody({ method, consumes, bodyLimit }: Operation, isStreamed = false): RequestHandler {
  const encodings = isStreamed ? ["identity"] : ENCODINGS;
  return function checkTypeAndLength(req, _res, next) {
    if (isStreamed) next(refusalOf(req));
    else whenBodyIsKnown(req, (hasBody) => next(hasBody ? refusalOf(req) : undefined));
  };

  function refusalOf(req: Request): ApiError | undefined {
    // Whoever reads it would first read all of it.
    return refusalOfType(req) ?? (Number(req.headers["content-length"]) > bodyLimit ? tooLarge(bodyLimit) : undefined);
  }

  function refusalOfType(req: Request): ApiError | undefined {
    const [type = "", ...parameters] = (req.headers["content-type"] ?? "").split(";").map((part) => part.trim().toLowerCase());
    const charset = parameters
      .find((each) => each.startsWith("charset="))
      ?.slice(8)
      .replaceAll('"', "");
    const isUtf8 = charset === undefined || charset === "utf-8" || charset === "utf8";
    const isEncodingKnown = encodings.includes(req.headers["content-encoding"]?.toLowerCase() ?? "identity");
    if (consumes.includes(type) && isUtf8 && isEncodingKnown) return undefined;
    const accepted = consumes.join(", ");
    return new ApiError(
      "UNSUPPORTED_MEDIA_TYPE",
      `Send the body as ${accepted} in UTF-8, with the Content-Encoding ${encodings.join(" or ")}.`,
      {
        headers: {
          Accept: accepted,
          ...(method === "patch" ? { "Accept-Patch": accepted } : {}),
          ...(isEncodingKnown ? {} : { "Accept-Encoding": encodings.join(", ") }),
        },
      },
    );
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new ApiError("MALFORMED_JSON", "The body is not valid JSON in UTF-8.", { cause });
  }
}
