import { ApiError, refuse } from "../model/errors.ts";
import type { Fault, FaultEntry, FaultMethod } from "../model/fault.ts";
import { nearest } from "../model/nearest.ts";
import { parseDuration } from "./duration.ts";

export interface FaultRules {
  /** Operations of the document, by id. */
  readonly operations: readonly string[];
  /** Codes of the API and their statuses. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The id of a key given by its secret or id; null when there is none. */
  readonly keyIdOf: (key: string) => string | null;
}

type Checked = Omit<FaultEntry, "id" | "fired" | "left" | "until">;

/**
 * A fault that fits its schema, complete. Throws VALIDATION_FAILED for an operation or a status that the API has not and for a duration
 * that rounds to nothing, API_KEY_NOT_FOUND.
 */
export function readFault(fault: Fault, rules: FaultRules): Checked {
  const { path, method, api_key, error, ...others } = fault;
  const { operationId } = others;
  if (operationId !== undefined && !rules.operations.includes(operationId)) {
    throw wrong("operationId", `There is no operation ${operationId}; did you mean ${nearest(operationId, rules.operations)}?`);
  }
  if (others.for !== undefined && parseDuration(others.for, "for") === 0) {
    throw wrong("for", "for must be a duration such as 30s or 5m, of at least 1ms.");
  }
  const keyId = api_key === undefined ? null : rules.keyIdOf(api_key);
  if (api_key !== undefined && keyId === null) throw new ApiError("API_KEY_NOT_FOUND", "There is no such API key.", { param: "api_key" });
  return {
    ...others,
    ...(path === undefined ? {} : { path: path.replace(/^\/v1(?=\/)/, "") }),
    ...(method === undefined ? {} : { method: method.toUpperCase() as FaultMethod }),
    ...(keyId === null ? {} : { api_key: keyId }),
    ...(error === undefined ? {} : { error: readError(error, rules) }),
  };
}

function readError({ status, code, message }: NonNullable<Fault["error"]>, { statuses }: FaultRules): NonNullable<Checked["error"]> {
  const own = Object.hasOwn(statuses, code) ? statuses[code] : undefined;
  if (own === undefined && status === undefined) {
    throw wrong(
      "error.status",
      `${code} is not a code of the API (closest: ${nearest(code, Object.keys(statuses))}); give error.status too.`,
    );
  }
  if (own !== undefined && status !== undefined && status !== own) throw wrong("error.status", `The API answers ${code} with ${own}.`);
  return { status: (own ?? status) as number, code, ...(message === undefined ? {} : { message }) };
}

function wrong(param: string, message: string): ApiError {
  return refuse("VALIDATION_FAILED", message, `/${param.replaceAll(".", "/")}`);
}
