import type { NextFunction, RequestHandler } from "express";

/**
 * Several handlers as one: each goes on to the next without the way through Express's router, which costs more than most of them do.
 * What one throws or rejects with goes to `next`, as from Express.
 */
export function inTurn(handlers: readonly RequestHandler[]): RequestHandler {
  return function takeTurns(req, res, next) {
    let turn = 0;
    const fail = (thrown: unknown) => next(thrown ?? new Error(`a handler threw ${thrown}`));
    const goOn: NextFunction = (error?: unknown) => {
      if (error !== undefined) return next(error);
      const handler = handlers[turn++];
      if (!handler) return next();
      try {
        const answered: unknown = handler(req, res, goOn);
        if (answered instanceof Promise) answered.catch(fail);
      } catch (thrown) {
        fail(thrown);
      }
    };
    goOn();
  };
}
