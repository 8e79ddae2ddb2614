import { ApiError, CONTROL_CODES, type ErrorCode, SHARED_CODES } from "../model/errors.ts";

/** The one place where a code becomes a status. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  MALFORMED_JSON: 400,
  VALIDATION_FAILED: 400,
  UNKNOWN_PARAMETER: 400,
  INVALID_CURSOR: 400,
  INVALID_REQUEST: 400,
  AUTHENTICATION_REQUIRED: 401,
  INVALID_API_KEY: 401,
  INSUFFICIENT_SCOPE: 403,
  SCOPE_NOT_GRANTABLE: 403,
  HTTPS_REQUIRED: 403,
  HOST_NOT_ALLOWED: 403,
  ORIGIN_NOT_ALLOWED: 403,
  ROUTE_NOT_FOUND: 404,
  USER_NOT_FOUND: 404,
  TRANSACTION_NOT_FOUND: 404,
  BADGE_NOT_FOUND: 404,
  AWARD_NOT_FOUND: 404,
  ACHIEVEMENT_NOT_FOUND: 404,
  EVENT_NOT_FOUND: 404,
  API_KEY_NOT_FOUND: 404,
  ISSUER_KEY_NOT_FOUND: 404,
  WEBHOOK_ENDPOINT_NOT_FOUND: 404,
  WEBHOOK_DELIVERY_NOT_FOUND: 404,
  SNAPSHOT_NOT_FOUND: 404,
  FIXTURE_NOT_FOUND: 404,
  FAULT_NOT_FOUND: 404,
  REQUEST_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  EMAIL_ALREADY_EXISTS: 409,
  EXTERNAL_ID_ALREADY_EXISTS: 409,
  WALLET_ALREADY_LINKED: 409,
  WALLET_IN_USE: 409,
  USER_SUSPENDED: 409,
  USER_DELETED: 409,
  INVALID_STATE_TRANSITION: 409,
  BADGE_FIELD_FROZEN: 409,
  BADGE_NOT_PUBLISHED: 409,
  BADGE_EXPIRED: 409,
  BADGE_SUPPLY_EXHAUSTED: 409,
  ALREADY_APPLIED: 409,
  ALREADY_AWARDED: 409,
  CLAIM_EXPIRED: 409,
  AWARD_NOT_CLAIMED: 409,
  CODE_ALREADY_EXISTS: 409,
  ACHIEVEMENT_NOT_ACTIVE: 409,
  WEBHOOK_ENDPOINT_DISABLED: 409,
  WEBHOOK_ENDPOINT_LIMIT: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  SANDBOX_RESET: 409,
  SNAPSHOT_EXISTS: 409,
  SNAPSHOT_LIMIT: 409,
  FAULT_LIMIT: 409,
  STREAM_LIMIT: 409,
  EXPORT_NOT_POSSIBLE: 409,
  SANDBOX_MISMATCH: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  URI_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID_WALLET_ADDRESS: 422,
  INVALID_AMOUNT: 422,
  INSUFFICIENT_BALANCE: 422,
  MAX_SUPPLY_EXCEEDED: 422,
  TRANSFER_NOT_ALLOWED: 422,
  WALLET_NOT_MANAGED: 422,
  TOKEN_PAUSED: 422,
  TRANSACTION_REVERTED: 422,
  NOT_A_SPONSOR: 422,
  EVIDENCE_REQUIRED: 422,
  PREREQUISITE_NOT_MET: 422,
  INVALID_PROGRESS: 422,
  CLOCK_OUT_OF_RANGE: 422,
  AWARDS_NOT_POSSIBLE: 422,
  WEBHOOK_URL_NOT_ALLOWED: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  RATE_LIMIT_EXCEEDED: 429,
  HEADERS_TOO_LARGE: 431,
  INTERNAL_ERROR: 500,
  CHAIN_UNAVAILABLE: 503,
  STORAGE_UNAVAILABLE: 503,
};

/** Those that the API itself answers with. */
export const API_STATUS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(STATUS).filter(([code]) => !(CONTROL_CODES as readonly string[]).includes(code)),
);

/** The status that a refusal is answered with. */
export function statusOf({ code, status }: ApiError): number {
  return status ?? STATUS[code];
}

export function successEnvelope(data: unknown, message: string) {
  return { status: "success" as const, data, message };
}

/** `isControl`: it answers a request to the control plane. */
export function errorEnvelope(error: ApiError, requestId: string, isControl = false) {
  return {
    status: "error" as const,
    error: {
      code: error.code,
      message: error.message,
      request_id: requestId,
      details: error.details,
      param: error.param,
      doc_url: docOf(error.code, isControl),
    },
  };
}

/** Where a code is explained; null for one that is none of ours, with which a fault may answer. */
function docOf(code: string, isControl: boolean): string | null {
  if (!Object.hasOwn(STATUS, code)) return null;
  const isOfControl = (CONTROL_CODES as readonly string[]).includes(code) || (isControl && SHARED_CODES.includes(code));
  return `${isOfControl ? "/_sandbox" : "/v1"}/docs#${code}`;
}

/** Whatever was thrown, as an ApiError: what is not known becomes INTERNAL_ERROR and says nothing of the inside. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof Error && error.name === "ChainUnavailable") {
    return new ApiError("CHAIN_UNAVAILABLE", "The chain does not answer; nothing was changed. Try again.", { cause: error });
  }
  return fromBodyReader(error) ?? new ApiError("INTERNAL_ERROR", "Something went wrong inside the sandbox.", { cause: error });
}

/** The refusal of a body over a limit in bytes. */
export function tooLarge(limit: number): ApiError {
  const [size, unit] = limit >= 2 ** 30 ? [limit / 2 ** 30, "GiB"] : [limit / 2 ** 20, "MiB"];
  return new ApiError("PAYLOAD_TOO_LARGE", `The body is larger than ${size} ${unit}.`);
}

/** Errors of Express's body reader and router (http-errors), by their type. */
function fromBodyReader(error: unknown): ApiError | null {
  const { type, status, message, limit } = error as { type?: string; status?: number; message?: string; limit?: number };
  if (type === "entity.too.large") return tooLarge(limit ?? 0);
  if (type === "entity.parse.failed") return new ApiError("MALFORMED_JSON", "The body is not valid JSON in UTF-8.");
  if (type === "encoding.unsupported") {
    return new ApiError("UNSUPPORTED_MEDIA_TYPE", "The Content-Encoding is not supported; send gzip, deflate, br or none.");
  }
  if (error instanceof URIError || status === 400) {
    return new ApiError("INVALID_REQUEST", `The request could not be read: ${type ?? message ?? "malformed"}.`, { cause: error });
  }
  return null;
}
