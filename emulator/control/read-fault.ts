import { ApiError } from "../model/errors.ts";
import { CHAIN_FAULTS, CONNECTION_FAULTS, FAULT_MOMENTS, type Fault, type FaultEntry, MUTATIONS } from "../model/fault.ts";
import { LONGEST_PATTERN } from "../model/path-pattern.ts";
import { parseDuration } from "./duration.ts";
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

const METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"];
const LONGEST_MS = 600_000;
const LONGEST_S = 86_400;

/** What each member must be, and how a refusal says so. */
const MEMBERS: Readonly<Record<keyof Fault, { readonly is: (value: unknown) => boolean; readonly what: string }>> = {
  operationId: { is: isText, what: "the id of an operation, such as mintTokens" },
  path: {
    is: (value) => isText(value) && /^(\/|\*)/.test(value as string) && (value as string).length <= LONGEST_PATTERN,
    what: `a path below /v1, such as "/users/*", of at most ${LONGEST_PATTERN} characters`,
  },
  method: { is: (value) => METHODS.includes(String(value).toUpperCase()), what: `one of ${METHODS.join(", ")}` },
  api_key: { is: isText, what: "an API key, or its id" },
  when: { is: oneOf(FAULT_MOMENTS), what: `one of ${FAULT_MOMENTS.join(", ")}` },
  probability: { is: (value) => typeof value === "number" && value >= 0 && value <= 1, what: "a number from 0 to 1" },
  times: { is: (value) => isWhole(value) && (value as number) > 0, what: "a whole number above 0" },
  every: { is: wholeTo(1_000_000), what: "a whole number from 1 to 1000000" },
  for: { is: isText, what: "a duration such as 30s or 5m" },
  latency_ms: { is: (value) => isWhole(value) && (value as number) <= LONGEST_MS, what: `whole milliseconds, at most ${LONGEST_MS}` },
  error: { is: (value) => value !== null && typeof value === "object", what: '{"status": 503, "code": "CHAIN_UNAVAILABLE"}' },
  retry_after: { is: (value) => isWhole(value) && (value as number) <= LONGEST_S, what: `whole seconds, at most ${LONGEST_S}` },
  connection: { is: oneOf(CONNECTION_FAULTS), what: `one of ${CONNECTION_FAULTS.join(", ")}` },
  bytes_per_second: { is: wholeTo(1_000_000), what: "a whole number from 1 to 1000000" },
  mutate: { is: isMutation, what: `an object with at least one of ${MUTATIONS.join(", ")}, each true or false` },
  chain: { is: oneOf(CHAIN_FAULTS), what: `one of ${CHAIN_FAULTS.join(", ")}` },
};

/** The fault that was described, complete. Throws INVALID_REQUEST that says what is accepted, and API_KEY_NOT_FOUND. */
export function readFault(input: unknown, rules: FaultRules): Checked {
  if (input === null || typeof input !== "object" || Array.isArray(input)) {
    throw wrong("", `A fault has the members ${Object.keys(MEMBERS).join(", ")}.`);
  }
  const fault = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined && value !== null)) as Fault;
  for (const [name, value] of Object.entries(fault)) {
    const member = Object.hasOwn(MEMBERS, name) ? MEMBERS[name as keyof Fault] : null;
    if (!member) throw wrong(name, `${name} is not known here; a fault has the members ${Object.keys(MEMBERS).join(", ")}.`);
    if (!member.is(value)) throw wrong(name, `${name} is ${member.what}.`);
  }
  if (fault.for !== undefined) parseDuration(fault.for, "for");
  refuseContradictions(fault, rules.operations);
  const { path, method, api_key, error, ...others } = fault;
  const keyId = api_key === undefined ? null : rules.keyIdOf(api_key);
  if (api_key !== undefined && keyId === null) throw new ApiError("API_KEY_NOT_FOUND", "There is no such API key.", { param: "api_key" });
  return {
    ...others,
    ...(path === undefined ? {} : { path: path.replace(/^\/v1(?=\/)/, "") }),
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(keyId === null ? {} : { api_key: keyId }),
    ...(error === undefined ? {} : { error: readError(error, rules) }),
  };
}

/** Members that are right each by itself and wrong together, and operations that do not exist. Throws INVALID_REQUEST. */
export function refuseContradictions(fault: Fault, operations: readonly string[]): void {
  const { operationId, path, method, when, latency_ms, error, retry_after, connection, bytes_per_second, mutate, chain } = fault;
  if ((operationId === undefined) === (path === undefined)) throw wrong("operationId", "Say operationId or path, one of them.");
  if (operationId !== undefined && !operations.includes(operationId)) {
    throw wrong("operationId", `There is no operation ${operationId.slice(0, 64)}; did you mean ${nearest(operationId, operations)}?`);
  }
  if (method !== undefined && path === undefined) throw wrong("method", "method goes with path; an operation has one already.");
  const kinds = [error, connection, chain, mutate].filter((each) => each !== undefined).length;
  if (kinds > 1) throw wrong("error", "Of error, connection, chain and mutate a fault has one.");
  if (kinds === 0 && latency_ms === undefined) throw wrong("error", "Say what happens: error, connection, chain, mutate or latency_ms.");
  if (chain !== undefined && when === "after") throw wrong("when", "chain strikes the work itself; it has no `when: after`.");
  if (connection === "slow" && when !== undefined) throw wrong("when", "A slow answer is always the work's own; slow goes without `when`.");
  if (retry_after !== undefined && error === undefined)
    throw wrong("retry_after", "retry_after goes with error: it is a header of that answer.");
  if (bytes_per_second !== undefined && connection !== "slow")
    throw wrong("bytes_per_second", "bytes_per_second goes with `connection: slow`.");
}

function readError(error: object, { statuses }: FaultRules): NonNullable<Checked["error"]> {
  const { status, code, message, ...unknown } = error as Record<string, unknown>;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) throw wrong(`error.${stranger}`, "An error has the members status, code and message.");
  if (typeof code !== "string" || !/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code)) {
    throw wrong("error.code", "error.code is a code of the API, or any other in capitals: CHAIN_UNAVAILABLE, TEAPOT_EMPTY.");
  }
  if (message !== undefined && !isText(message)) throw wrong("error.message", "error.message is a sentence.");
  if (status !== undefined && (!isWhole(status) || (status as number) < 400 || (status as number) > 599)) {
    throw wrong("error.status", "error.status is from 400 to 599.");
  }
  const own = Object.hasOwn(statuses, code) ? statuses[code] : undefined;
  if (own === undefined && status === undefined) {
    throw wrong("error.status", `${code} is no code of the API (near: ${nearest(code, Object.keys(statuses))}); say error.status with it.`);
  }
  if (own !== undefined && status !== undefined && status !== own) throw wrong("error.status", `The API answers ${code} with ${own}.`);
  return { status: (own ?? status) as number, code, ...(message === undefined ? {} : { message: message as string }) };
}

function wrong(param: string, message: string): ApiError {
  return new ApiError("INVALID_REQUEST", message, param === "" ? {} : { param });
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function oneOf(allowed: readonly unknown[]): (value: unknown) => boolean {
  return (value) => allowed.includes(value);
}

function wholeTo(most: number): (value: unknown) => boolean {
  return (value) => isWhole(value) && (value as number) >= 1 && (value as number) <= most;
}

function isMutation(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const entries = Object.entries(value);
  const isKnown = entries.every(([name, each]) => MUTATIONS.some((known) => known === name) && typeof each === "boolean");
  return isKnown && entries.some(([, each]) => each);
}

function isWhole(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}
