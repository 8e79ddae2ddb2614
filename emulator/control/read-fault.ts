import { ApiError } from "../model/errors.ts";
import { CHAIN_FAULTS, CONNECTION_FAULTS, type Fault, type FaultEntry } from "../model/fault.ts";
import { LONGEST_PATTERN } from "../model/path-pattern.ts";
import { nearest } from "./nearest.ts";

export interface FaultRules {
  /** Operations of the document, by id. */
  readonly operations: readonly string[];
  /** Codes of the API and their statuses. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The id of a key given by its secret or id; null when there is none. */
  readonly keyIdOf: (key: string) => string | null;
}

type Checked = Omit<FaultEntry, "id" | "fired" | "left">;

const METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"];
const LONGEST_MS = 600_000;

/** What each member must be, and how a refusal says so. */
const MEMBERS: Readonly<Record<keyof Fault, { readonly is: (value: unknown) => boolean; readonly what: string }>> = {
  operationId: { is: isText, what: "the id of an operation, such as mintTokens" },
  path: {
    is: (value) => isText(value) && /^(\/|\*)/.test(value as string) && (value as string).length <= LONGEST_PATTERN,
    what: `a path below /v1, such as "/users/*", of at most ${LONGEST_PATTERN} characters`,
  },
  method: { is: (value) => METHODS.includes(String(value).toUpperCase()), what: `one of ${METHODS.join(", ")}` },
  api_key: { is: isText, what: "an API key, or its id" },
  probability: { is: (value) => typeof value === "number" && value >= 0 && value <= 1, what: "a number from 0 to 1" },
  times: { is: (value) => isWhole(value) && (value as number) > 0, what: "a whole number above 0" },
  latency_ms: { is: (value) => isWhole(value) && (value as number) <= LONGEST_MS, what: `whole milliseconds, at most ${LONGEST_MS}` },
  error: { is: (value) => value !== null && typeof value === "object", what: '{"status": 503, "code": "CHAIN_UNAVAILABLE"}' },
  connection: { is: (value) => (CONNECTION_FAULTS as readonly unknown[]).includes(value), what: `one of ${CONNECTION_FAULTS.join(", ")}` },
  chain: { is: (value) => (CHAIN_FAULTS as readonly unknown[]).includes(value), what: `one of ${CHAIN_FAULTS.join(", ")}` },
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
  const { operationId, path, method, api_key, latency_ms, error, connection, chain } = fault;
  if ((operationId === undefined) === (path === undefined)) throw wrong("operationId", "Say operationId or path, one of them.");
  if (operationId !== undefined && !rules.operations.includes(operationId)) {
    throw wrong("operationId", `There is no operation ${operationId}; did you mean ${nearest(operationId, rules.operations)}?`);
  }
  if (method !== undefined && path === undefined) throw wrong("method", "method goes with path; an operation has one already.");
  const kinds = [error, connection, chain].filter((each) => each !== undefined).length;
  if (kinds > 1) throw wrong("error", "Of error, connection and chain a fault has one.");
  if (kinds === 0 && latency_ms === undefined) throw wrong("error", "Say what happens: error, connection, chain or latency_ms.");
  const keyId = api_key === undefined ? null : rules.keyIdOf(api_key);
  if (api_key !== undefined && keyId === null) throw new ApiError("API_KEY_NOT_FOUND", "There is no such API key.", { param: "api_key" });
  const { error: _, ...others } = fault;
  return {
    ...others,
    ...(path === undefined ? {} : { path: path.replace(/^\/v1(?=\/)/, "") }),
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(keyId === null ? {} : { api_key: keyId }),
    ...(error === undefined ? {} : { error: readError(error, rules) }),
  };
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

function isWhole(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}
