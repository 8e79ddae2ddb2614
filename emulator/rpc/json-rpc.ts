import type { Logger } from "pino";
import type { Denial } from "../control/access/access.ts";
import { ApiError } from "../model/errors.ts";
import { BOUNDS } from "./bounds.ts";
import { isDeeper } from "./nesting.ts";
import { meaningOf } from "./node-message.ts";

/** JSON-RPC 2.0 §5.1, and the codes of EIP-1474 for what Ethereum nodes refuse. */
const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
export const INVALID_INPUT = -32000;
export const NOT_SUPPORTED = -32004;
export const LIMIT_EXCEEDED = -32005;
/** EIP-1193: "The requested method and/or account has not been authorized by the user." */
const UNAUTHORIZED = 4100;

export type Params = readonly unknown[];
export type Call = (method: string, params: Params) => Promise<unknown>;

type Id = string | number | null;

/** A refusal with the code that the caller sees. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.data = data;
  }
}

/** `data.code` says which rule of access it is, as the API's errors do. */
export function denied({ code, message }: Denial): RpcError {
  return new RpcError(UNAUTHORIZED, message, { code });
}

export function invalidParams(message: string): RpcError {
  return new RpcError(INVALID_PARAMS, message);
}

export function tooMuch(message: string): RpcError {
  return new RpcError(LIMIT_EXCEEDED, message);
}

/**
 * Answers one request or a batch, given as text. Null when there is nothing to say: "The Server MUST NOT reply to a
 * Notification" (§4.1), nor to a batch of notifications (§6). The calls of a batch run in order, each after the one before.
 */
export async function answer(text: string, call: Call, log: Logger): Promise<string | null> {
  if (isDeeper(text, BOUNDS.depth)) {
    return failure(null, new RpcError(INVALID_REQUEST, `A request has at most ${BOUNDS.depth} arrays and objects within each other.`));
  }
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return failure(null, new RpcError(PARSE_ERROR, "The request is not JSON."));
  }
  if (!Array.isArray(message)) return answerOne(message, call, log);
  if (message.length === 0) return failure(null, new RpcError(INVALID_REQUEST, "The batch is empty."));
  return await answerBatch(message, call, log);
}

async function answerBatch(messages: readonly unknown[], call: Call, log: Logger): Promise<string | null> {
  const { calls, bytes, ms } = BOUNDS.batch;
  if (messages.length > calls) return failure(null, new RpcError(INVALID_REQUEST, `A batch holds at most ${calls} calls.`));
  const end = performance.now() + ms;
  const answers: string[] = [];
  let size = 0;
  for (const each of messages) {
    // The rest of a batch that is too much is refused, call by call.
    const refusal = size > bytes ? `over ${bytes / 2 ** 20} MiB` : performance.now() > end ? `over ${ms / 1000} s` : null;
    const refuse = () => Promise.reject(tooMuch(`The answers of this batch are ${refusal}; send smaller ones.`));
    const text = await answerOne(each, refusal === null ? call : refuse, log);
    if (text === null) continue;
    answers.push(text);
    size += text.length;
  }
  return answers.length === 0 ? null : `[${answers.join(",")}]`;
}

async function answerOne(message: unknown, call: Call, log: Logger): Promise<string | null> {
  const { jsonrpc, id, method, params = [] } = (message ?? {}) as Record<string, unknown>;
  if (jsonrpc !== "2.0" || typeof method !== "string" || !(id === undefined || isId(id))) {
    return failure(isId(id) ? id : null, new RpcError(INVALID_REQUEST, 'Send {"jsonrpc": "2.0", "id": 1, "method": "…", "params": […]}.'));
  }
  let text: string;
  try {
    if (!Array.isArray(params)) throw invalidParams("params is an array: parameters go by position.");
    const result = (await call(method, params)) ?? null;
    text = JSON.stringify({ jsonrpc: "2.0", id, result });
  } catch (error) {
    text = failure(id ?? null, toRpcError(error, method, log));
  }
  return id === undefined ? null : text;
}

function isId(id: unknown): id is Id {
  return id === null || typeof id === "string" || typeof id === "number";
}

/** The text of an error answer. */
export function failure(id: Id, { code, message, data }: RpcError): string {
  const error = { code, message, ...(data === undefined || data === null ? {} : { data }) };
  return JSON.stringify({ jsonrpc: "2.0", id, error });
}

/** Errors of the node keep code, message and data: libraries decode a contract's custom error from `data`. */
function toRpcError(error: unknown, method: string, log: Logger): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof ApiError) {
    return new RpcError(error.code === "INVALID_REQUEST" ? INVALID_PARAMS : INVALID_INPUT, error.message, { code: error.code });
  }
  const { code, message, data } = error as { code?: unknown; message: string; data?: unknown };
  // The node's refusal of a parameter repeats the request, as it was handed on to it.
  if (code === INVALID_PARAMS) return invalidParams(meaningOf(message));
  if (typeof code === "number") return new RpcError(code, message, data);
  log.error({ err: error, method }, "a JSON-RPC call failed");
  return new RpcError(INTERNAL_ERROR, "Something went wrong inside the sandbox.");
}
