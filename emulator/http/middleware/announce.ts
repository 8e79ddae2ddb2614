import type { RequestHandler } from "express";

/** Sends these headers with every answer, refusals included. */
export function announce(headers: Readonly<Record<string, string>>): RequestHandler {
  return function setHeaders(_req, res, next) {
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    next();
  };
}
