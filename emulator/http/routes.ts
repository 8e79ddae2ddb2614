import type { Request, RequestHandler, Response } from "express";
import { ApiError } from "../model/errors.ts";
import type { Operation } from "./document.ts";

/** A path of the document. */
interface Place {
  readonly path: string;
  readonly pattern: RegExp;
  /** Of its parameters, in order. */
  readonly names: readonly string[];
  /** Its operations by HTTP method; HEAD is GET's. */
  readonly served: ReadonlyMap<string, Operation>;
  /** For the field Allow. */
  readonly allow: string;
}

/**
 * Finds the operation that a request below `base` calls and lets its handler have it: `handlerOf` is asked once an operation, at its first
 * call, since a test meets few of them. OPTIONS is answered here; a method that the path does not have is refused. What is no path of the
 * document goes on.
 */
export function routes(
  base: string,
  operations: readonly Operation[],
  handlerOf: (operation: Operation) => RequestHandler,
): RequestHandler {
  // A request is compared with the paths that begin like it, not with all of them.
  const rooms = Map.groupBy(placesOf(operations), ({ path }) => firstSegment(path));
  const handlers = new Map<Operation, RequestHandler>();
  return function routeCall(req, res, next) {
    const { path } = req;
    if (!path.startsWith(base)) return next();
    const below = path.slice(base.length) || "/";
    if (!below.startsWith("/")) return next();
    for (const place of rooms.get(firstSegment(below)) ?? []) {
      const found = place.pattern.exec(below);
      if (!found) continue;
      const operation = place.served.get(req.method === "HEAD" ? "GET" : req.method);
      if (!operation) return refuseMethod(place, req, res);
      req.params = paramsOf(place, found);
      let handler = handlers.get(operation);
      if (!handler) {
        handler = handlerOf(operation);
        handlers.set(operation, handler);
      }
      return handler(req, res, next);
    }
    next();
  };
}

/** Literal paths before templates: `/badges/verify` wins over `/badges/{badge_id}`. */
function placesOf(operations: readonly Operation[]): Place[] {
  const places = [...Map.groupBy(operations, ({ path }) => path)].map(([path, served]): Place => {
    const methods = served.map(({ method }) => method.toUpperCase());
    const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
    const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name as string);
    return { path, pattern: patternOf(path), names, served: new Map(served.map((each) => [each.method.toUpperCase(), each])), allow };
  });
  return places.sort((a, b) => Number(a.path.includes("{")) - Number(b.path.includes("{")));
}

const patterns = new Map<string, RegExp>();

/** A path template as an expression, made once for all sandboxes of the process. */
function patternOf(path: string): RegExp {
  const known = patterns.get(path);
  if (known) return known;
  const pattern = new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
  patterns.set(path, pattern);
  return pattern;
}

function firstSegment(path: string): string {
  const end = path.indexOf("/", 1);
  return end === -1 ? path : path.slice(0, end);
}

/** Throws URIError. */
function paramsOf({ names }: Place, found: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1] as string)]));
}

/** OPTIONS, and 405 for the methods that a path does not have. */
function refuseMethod({ allow }: Place, req: Request, res: Response): void {
  if (req.method !== "OPTIONS") {
    throw new ApiError("METHOD_NOT_ALLOWED", `${req.method} is not possible here; ${allow} are.`, { headers: { Allow: allow } });
  }
  res.setHeader("Allow", allow);
  res.status(204).end();
}
