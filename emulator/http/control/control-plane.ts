import type { RequestHandler, Response } from "express";
import { isControlPath } from "../../control/access/paths.ts";
import type { Controls } from "../../control/controls.ts";
import { ApiError } from "../../model/errors.ts";
import { beginCall, callOf } from "../call.ts";
import { type LoadedDocument, loadControlDocument, type Operation } from "../document.ts";
import { successEnvelope } from "../envelope.ts";
import { whenBodyIsKnown } from "../has-body.ts";
import { inTurn } from "../in-turn.ts";
import { negotiate } from "../middleware/negotiate.ts";
import { checkBody, readBody } from "../middleware/read-body.ts";
import { validate } from "../middleware/validate.ts";
import { nearestOperation } from "../nearest-operation.ts";
import { routes } from "../routes.ts";
import type { ControlHandler, ControlReply, RawReply, StreamReply } from "./handler.ts";
import { controlOperations } from "./operations/operations.ts";

const BASE = "/_sandbox";

/** These two are about the process: they follow from no line of the journal, and wait for no disk. */
const STATELESS = new Set(["getHealth", "getReadiness"]);

/**
 * Serves spec/control.yaml below /_sandbox. The same order of checks as the API's, without key and quota; who may call it is checked before.
 * The document
 * is loaded at the first request. `publicUrl`: where clients elsewhere reach the API; null for wherever they came to.
 */
export function controlPlane(controls: Controls, publicUrl: string | null): RequestHandler {
  let served: RequestHandler | undefined;
  return function control(req, res, next) {
    if (!isControlPath(req.path)) return next();
    served ??= serve(controls, loadControlDocument(), publicUrl);
    served(req, res, next);
  };
}

function serve(controls: Controls, document: LoadedDocument, publicUrl: string | null): RequestHandler {
  const handlers = controlOperations(controls, document, publicUrl) as unknown as Readonly<Record<string, ControlHandler<never>>>;
  const chainOf = (operation: Operation) =>
    inTurn([
      beginCall(operation, () => 0),
      markStateless(operation),
      negotiate(operation),
      ...bodyOf(operation),
      validate(operation),
      perform(handlers[operation.id] as ControlHandler<never>),
    ]);
  return inTurn([routes(BASE, document.operations, chainOf), refuseRoute(document.operations)]);
}

function bodyOf(operation: Operation): RequestHandler[] {
  if (operation.consumes.length === 0) return [refuseBody];
  if (operation.consumes.includes("application/json")) return readBody(operation);
  // It is read in pieces, by its handler.
  return [checkBody(operation, true)];
}

/** `{}` is no more than nothing. */
const refuseBody: RequestHandler = (req, _res, next) => {
  if (Number(req.headers["content-length"]) <= "{}".length) return next();
  whenBodyIsKnown(req, (hasBody) => next(hasBody ? new ApiError("UNKNOWN_PARAMETER", "This route takes no body.") : undefined));
};

function markStateless({ id }: Operation): RequestHandler {
  return function markStatelessAnswer(_req, res, next) {
    if (STATELESS.has(id)) res.locals.stateless = true;
    next();
  };
}

function perform(handler: ControlHandler<never>): RequestHandler {
  return async function performControl(req, res) {
    const { params, query, body } = callOf(res);
    const reply = (await handler({ params, query, body, req } as never)) as ControlReply<never> | RawReply | StreamReply;
    if ("stream" in reply) await reply.stream(res);
    else if ("type" in reply) sendRaw(res, reply);
    else res.status(reply.status ?? 200).json(successEnvelope(reply.data, reply.message));
  };
}

function sendRaw(res: Response, { type, body, headers = {} }: RawReply): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.setHeader("Content-Type", type === "application/json" ? type : `${type}; charset=utf-8`);
  res.setHeader("Content-Length", body.length);
  res.end(body);
}

/** 404, with the operation that was probably meant. */
function refuseRoute(operations: readonly Operation[]): RequestHandler {
  return function controlRouteNotFound(req) {
    const near = nearestOperation(operations, req.method, req.path.slice(BASE.length));
    const meant = near ? ` Did you mean ${near.method.toUpperCase()} ${BASE}${near.path} (${near.id})?` : "";
    throw new ApiError("ROUTE_NOT_FOUND", `The control plane has no such route; ${BASE} lists what there is.${meant}`);
  };
}
