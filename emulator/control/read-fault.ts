import { ApiError, refuse } from "../model/errors.ts";
import type { Fault, FaultEntry, FaultMethod } from "../model/fault.ts";
import { nearest } from "./nearest.ts";

export interface FaultRules {
  /** Operations of the document, by id. */
  readonly operations: readonly string[];
  /** Codes of the API and their statuses. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The id of a key given by its secret or id; null when there is none. */
  readonly keyIdOf: (key: string) => string | null;
}

type Checked = Omit<FaultEntry, "id" | "fired" | "left" | "until">;

/** A fault whose members are right each by itself, complete. Throws VALIDATION_FAILED, and API_KEY_NOT_FOUND. */
export function readFault(fault: Fault, rules: FaultRules): Checked {
  refuseContradictions(fault, rules.operations);
  const { path, method, api_key, error, ...others } = fault;
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

/** Members that are right each by itself and wrong together, and operations that do not exist. Throws VALIDATION_FAILED. */
export function refuseContradictions(fault: Fault, operations: readonly string[]): void {
  const { operationId, path, method, when, latency_ms, error, retry_after, connection, bytes_per_second, mutate, chain } = fault;
  if ((operationId === undefined) === (path === undefined)) throw wrong("operationId", "Say operationId or path, one of them.");
  if (operationId !== undefined && !operations.includes(operationId)) {
    throw wrong("operationId", `There is no operation ${operationId}; did you mean ${nearest(operationId, operations)}?`);
  }
  if (method !== undefined && path === undefined) throw wrong("method", "method goes with path; an operation has one already.");
  const kinds = [error, connection, chain, mutate].filter((each) => each !== undefined).length;
  if (kinds > 1) throw wrong("error", "Of error, connection, chain and mutate a fault has one.");
  if (kinds === 0 && latency_ms === undefined) throw wrong("error", "Say what happens: error, connection, chain, mutate or latency_ms.");
  if (mutate !== undefined && !Object.values(mutate).some(Boolean))
    throw wrong("mutate", "Say what mutate changes: one of its members is true.");
  if (chain !== undefined && when === "after") throw wrong("when", "chain strikes the work itself; it has no `when: after`.");
  if (connection === "slow" && when !== undefined) throw wrong("when", "A slow answer is always the work's own; slow goes without `when`.");
  if (retry_after !== undefined && error === undefined)
    throw wrong("retry_after", "retry_after goes with error: it is a header of that answer.");
  if (bytes_per_second !== undefined && connection !== "slow")
    throw wrong("bytes_per_second", "bytes_per_second goes with `connection: slow`.");
}

function readError({ status, code, message }: NonNullable<Fault["error"]>, { statuses }: FaultRules): NonNullable<Checked["error"]> {
  const own = Object.hasOwn(statuses, code) ? statuses[code] : undefined;
  if (own === undefined && status === undefined) {
    throw wrong("error.status", `${code} is no code of the API (near: ${nearest(code, Object.keys(statuses))}); say error.status with it.`);
  }
  if (own !== undefined && status !== undefined && status !== own) throw wrong("error.status", `The API answers ${code} with ${own}.`);
  return { status: (own ?? status) as number, code, ...(message === undefined ? {} : { message }) };
}

function wrong(param: string, message: string): ApiError {
  return refuse("VALIDATION_FAILED", message, `/${param.replaceAll(".", "/")}`);
}
