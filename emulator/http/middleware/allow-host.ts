import { isIPv6 } from "node:net";
import type { RequestHandler } from "express";
import { ApiError } from "../../model/errors.ts";
import { valuesOf } from "../call.ts";

/**
 * Refuses a Host that is not ours before anything happens: a page on the internet can point its own name at 127.0.0.1
 * (DNS rebinding), and listening on loopback alone does not stop it.
 */
export function allowHost(isAllowed: (host: string | undefined) => boolean): RequestHandler {
  return function refuseForeignHost(req, _res, next) {
    const sent = valuesOf(req, "host");
    // RFC 9112, 3.2: 400 to a request of HTTP/1.1 without a Host, and to any with several.
    if (sent.length > 1 || (sent.length === 0 && req.httpVersion === "1.1")) {
      throw new ApiError("INVALID_REQUEST", "Send one Host header.");
    }
    if (!isAllowed(sent[0]))
      throw new ApiError("HOST_NOT_ALLOWED", "This Host is not served here; name it with --allow-host if it is yours.");
    next();
  };
}

/** Hosts served on a loopback sandbox, whatever the port, and the names added by `--allow-host`. */
export function hostAllowlist(names: readonly string[]): (host: string | undefined) => boolean {
  const added = names.map((name) => (isIPv6(name) ? `[${name}]` : name).toLowerCase());
  const allowed = new Set(["localhost", "127.0.0.1", "[::1]", ...added]);
  // A client names the same one with every request.
  let latest: string | undefined;
  return (host) => {
    if (host === undefined) return false;
    if (host === latest) return true;
    const isAllowed = allowed.has(host.toLowerCase().replace(/:\d+$/, ""));
    if (isAllowed) latest = host;
    return isAllowed;
  };
}
