import type { RequestQuery } from "../../control/request-filter.ts";
import { ApiError } from "../../model/errors.ts";

const FILTERS = ["operationId", "method", "path", "status", "code", "api_key", "since"] as const;

/** Which requests of the log are asked for. Throws UNKNOWN_PARAMETER. */
export function requestQuery({ session, limit, ...query }: Readonly<Record<string, unknown>>): RequestQuery {
  const unknown = Object.keys(query).find((name) => !FILTERS.some((known) => known === name));
  if (unknown !== undefined) {
    throw new ApiError("UNKNOWN_PARAMETER", `${unknown} is no filter; there are ${FILTERS.join(", ")}, session and limit.`, {
      param: unknown,
    });
  }
  const given = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return {
    ...Object.fromEntries(given),
    ...(session === "true" ? { session: true } : {}),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
}
