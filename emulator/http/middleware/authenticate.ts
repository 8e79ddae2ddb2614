import type { RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";
import type { Keys } from "../../services/keys.ts";
import { callOf, keyOf, pass, valuesOf } from "../call.ts";

const REALM = 'Bearer realm="getstoken"';

/** The credentials of an Authorization field, where they are a Bearer key. */
export function bearerOf(field: string | undefined): string | undefined {
  return field === undefined ? undefined : /^bearer +(\S.*)$/i.exec(field)?.[1];
}

/** Bearer keys (RFC 6750) from the Authorization header, and from nowhere else. */
export function authenticate(keys: Keys): RequestHandler {
  return function authenticateKey(req, res, next) {
    const sent = valuesOf(req, "authorization");
    if (sent.length > 1) throw new ApiError("INVALID_REQUEST", "Send one Authorization header, not several.");
    const credentials = bearerOf(sent[0]);
    if (credentials === undefined) throw keyRequired();
    const key = keys.authenticate(credentials);
    if (!key) {
      throw new ApiError("INVALID_API_KEY", "The API key is unknown, revoked or expired.", {
        headers: { "WWW-Authenticate": `${REALM}, error="invalid_token"` },
      });
    }
    callOf(res).key = key;
    pass(res, "authentication", next);
  };
}

/** The refusal of a request without a key. */
export function keyRequired(): ApiError {
  return new ApiError("AUTHENTICATION_REQUIRED", "Send the API key as `Authorization: Bearer KEY`.", {
    headers: { "WWW-Authenticate": REALM },
  });
}

/** Lets a request without any Authorization field past what asks for a key; one that has a field must have a good key. */
export function unlessAnonymous(keyed: RequestHandler): RequestHandler {
  return function admitAnonymous(req, res, next) {
    if (valuesOf(req, "authorization").length > 0) return keyed(req, res, next);
    for (const stage of ["authentication", "quota"] as const) pass(res, stage, () => {});
    pass(res, "scope", next);
  };
}

/** Refuses a key that lacks the operation's scope. */
export function authorise(scopes: readonly string[]): RequestHandler {
  return function authoriseScope(_req, res, next) {
    const granted: readonly string[] = keyOf(res).scopes;
    const missing = scopes.filter((scope) => !granted.includes(scope));
    if (missing.length === 0) return pass(res, "scope", next);
    const required = missing.join(" ");
    throw new ApiError("INSUFFICIENT_SCOPE", `The API key lacks the scope ${required}.`, {
      details: [{ path: "", code: "INSUFFICIENT_SCOPE", message: `The scope ${required} is needed.`, required }],
      headers: { "WWW-Authenticate": `${REALM}, error="insufficient_scope", scope="${required}"` },
    });
  };
}
