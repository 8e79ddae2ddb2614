import type { ErrorRequestHandler, Express, RequestHandler } from "express";
import type { Logger } from "pino";
import type { Access } from "../control/access/access.ts";
import { isControlPath } from "../control/access/paths.ts";
import { refusedOrigins } from "../control/access/refused-origins.ts";
import { ApiError } from "../model/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { RateLimiter } from "../ports/rate-limiter.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { Keys } from "../services/keys.ts";
import { beginCall } from "./call.ts";
import type { ApiDocument, Operation } from "./document.ts";
import { errorEnvelope, statusOf, toApiError } from "./envelope.ts";
import { express } from "./express.ts";
import { mutateAnswer } from "./faults/mutate-answer.ts";
import { Idempotency } from "./idempotency.ts";
import { inTurn } from "./in-turn.ts";
import { leaveWhenDurable } from "./leave.ts";
import { allowHost } from "./middleware/allow-host.ts";
import { allowOrigins } from "./middleware/allow-origins.ts";
import { announce } from "./middleware/announce.ts";
import { authenticate, authorise, unlessAnonymous } from "./middleware/authenticate.ts";
import { guardControl } from "./middleware/guard-control.ts";
import { identify } from "./middleware/identify.ts";
import { type FaultInjection, injectFault } from "./middleware/inject-fault.ts";
import { logRequests } from "./middleware/log-requests.ts";
import { meter } from "./middleware/meter.ts";
import { negotiate } from "./middleware/negotiate.ts";
import { performRead, performWrite } from "./middleware/perform.ts";
import { readBody } from "./middleware/read-body.ts";
import { type Recorder, recordRequests } from "./middleware/record-requests.ts";
import { sameSandbox } from "./middleware/same-sandbox.ts";
import { validate } from "./middleware/validate.ts";
import { nearestOperation } from "./nearest-operation.ts";
import type { Operations } from "./operations/handler.ts";
import { routes } from "./routes.ts";

export interface AppParts {
  readonly document: ApiDocument;
  readonly operations: Operations;
  readonly control: RequestHandler;
  readonly world: UnitOfWork;
  readonly clock: Clock;
  /** `isAside`: of a request that is not the client's doing (identify.ts). */
  readonly newRequestId: (isAside: boolean) => string;
  readonly keys: Keys;
  readonly limiter: RateLimiter;
  readonly faults: Omit<FaultInjection, "mutate">;
  readonly access: Access;
  /** Which sandbox this is. */
  readonly sandboxId: string;
  readonly log: Logger;
  readonly recorder: Recorder;
}

/** The Express application: the order of everything, on one screen. Throws if document and handlers do not match. */
export function createApp(parts: AppParts): Express {
  const { document, operations, world, clock, keys, limiter, access } = parts;
  const injection = { ...parts.faults, mutate: mutateAnswer(document) };
  const stage = { world, clock, idempotency: new Idempotency() };
  const app = express();
  app.disable("x-powered-by").disable("etag");
  app.enable("case sensitive routing").enable("strict routing");
  app.set("query parser", "simple");
  app.response.end = leaveWhenDurable(world);

  const refused = refusedOrigins("/v1", "--cors", (sentence) => parts.log.warn(sentence));
  app.use(
    inTurn([
      identify(parts.newRequestId, keys),
      logRequests(parts.log),
      recordRequests(parts.recorder, clock),
      allowHost(access),
      guardControl(access),
      sameSandbox(parts.sandboxId),
      allowOrigins(access, refused),
    ]),
  );
  app.use(answerServerOptions);
  app.use(parts.control);
  const handlers = new Map(document.operations.map((operation) => [operation, handlerOf(operation)]));
  app.use(routes("/v1", document.operations, (operation) => inTurn(chainOf(operation))));
  app.use(refuseRoute(document.operations));
  app.use(answerError(parts.log));
  return app;

  /** What a call of an operation goes through. */
  function chainOf(operation: Operation): RequestHandler[] {
    return [
      beginCall(operation, () => world.epoch),
      ...(Object.keys(operation.announces).length > 0 ? [announce(operation.announces)] : []),
      ...(operation.scopes ? keyed(operation.scopes, operation.keyIsOptional) : []),
      negotiate(operation),
      ...(operation.consumes.length > 0 ? readBody(operation) : []),
      validate(operation),
      injectFault(injection),
      handlers.get(operation) as RequestHandler,
    ];
  }

  /** What has to do with the API key. */
  function keyed(scopes: readonly string[], isOptional: boolean): RequestHandler[] {
    const chain = [authenticate(keys), meter(limiter, () => clock.elapsed()), authorise(scopes)];
    return isOptional ? [unlessAnonymous(inTurn(chain))] : chain;
  }

  function handlerOf({ id }: Operation): RequestHandler {
    const read = operations.reads[id];
    const write = operations.writes[id];
    if (read) return performRead(stage, read);
    if (write) return performWrite(stage, write);
    throw new Error(`operation ${id} of spec/openapi.yaml has no handler`);
  }
}

/** `OPTIONS *` asks about the server as a whole (RFC 9110, 9.3.7). */
const answerServerOptions: RequestHandler = (req, res, next) => {
  if (req.method !== "OPTIONS" || req.url !== "*") return next();
  res.setHeader("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  res.status(204).end();
};

/** 404, with the operation that was probably meant. */
function refuseRoute(operations: readonly Operation[]): RequestHandler {
  return function routeNotFound(req) {
    const near = nearestOperation(operations, req.method, req.path);
    const meant = near ? ` Did you mean ${near.method.toUpperCase()} /v1${near.path} (${near.id})?` : "";
    throw new ApiError("ROUTE_NOT_FOUND", `There is no such route; every operation is below /v1 and listed in /v1/docs.${meant}`);
  };
}

/** The one place where what was thrown becomes an answer. */
function answerError(log: Logger): ErrorRequestHandler {
  return function answer(thrown, req, res, _next) {
    const error = toApiError(thrown);
    const { requestId, fault, stateless } = res.locals;
    res.locals.code = error.code;
    // No news: a fault that somebody asked for, and what the process says of itself to whoever polls it.
    if (statusOf(error) >= 500 && !fault?.instead && !stateless)
      log.error({ request_id: requestId, err: error.cause ?? error }, `${req.method} ${req.path}: ${error.code}`);
    if (res.headersSent) {
      res.destroy();
      return;
    }
    for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
    res.setHeader("Cache-Control", "no-store");
    res
      .status(statusOf(error))
      .type("application/json")
      .send(JSON.stringify(errorEnvelope(error, requestId, isControlPath(req.path))));
  };
}
