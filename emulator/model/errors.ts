/** One thing wrong with a request: where (JSON pointer), a stable code, a sentence, and facts such as `available`. */
export interface ErrorDetail {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}

/** Codes of the control plane alone. Their meaning and remedy: `x-error-catalogue` in spec/control.yaml. */
export const CONTROL_CODES = [
  "FIXTURE_NOT_FOUND",
  "SNAPSHOT_NOT_FOUND",
  "SNAPSHOT_EXISTS",
  "SNAPSHOT_LIMIT",
  "FAULT_NOT_FOUND",
  "FAULT_LIMIT",
  "STREAM_LIMIT",
  "REQUEST_NOT_FOUND",
  "CLOCK_OUT_OF_RANGE",
  "EXPORT_NOT_POSSIBLE",
  "AWARDS_NOT_POSSIBLE",
  "SANDBOX_MISMATCH",
] as const;
type ControlCode = (typeof CONTROL_CODES)[number];

/** Codes of the API that the control plane answers with as well, and explains by itself. */
export const SHARED_CODES = [
  ...["INVALID_REQUEST", "MALFORMED_JSON", "UNKNOWN_PARAMETER", "VALIDATION_FAILED", "INVALID_CURSOR"],
  ...["AUTHENTICATION_REQUIRED", "ORIGIN_NOT_ALLOWED", "HOST_NOT_ALLOWED", "HTTPS_REQUIRED"],
  ...["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED", "NOT_ACCEPTABLE", "API_KEY_NOT_FOUND", "EVENT_NOT_FOUND"],
  ...["SANDBOX_RESET", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "INTERNAL_ERROR", "CHAIN_UNAVAILABLE", "STORAGE_UNAVAILABLE"],
];

/** Every code of an answer. Of the API's, meaning and remedy: `x-error-catalogue` in spec/openapi.yaml; the status: http/envelope.ts. */
export type ErrorCode =
  | ControlCode
  | "MALFORMED_JSON"
  | "VALIDATION_FAILED"
  | "UNKNOWN_PARAMETER"
  | "INVALID_CURSOR"
  | "INVALID_REQUEST"
  | "AUTHENTICATION_REQUIRED"
  | "INVALID_API_KEY"
  | "INSUFFICIENT_SCOPE"
  | "SCOPE_NOT_GRANTABLE"
  | "HTTPS_REQUIRED"
  | "HOST_NOT_ALLOWED"
  | "ORIGIN_NOT_ALLOWED"
  | "ROUTE_NOT_FOUND"
  | "USER_NOT_FOUND"
  | "TRANSACTION_NOT_FOUND"
  | "BADGE_NOT_FOUND"
  | "AWARD_NOT_FOUND"
  | "ACHIEVEMENT_NOT_FOUND"
  | "EVENT_NOT_FOUND"
  | "API_KEY_NOT_FOUND"
  | "ISSUER_KEY_NOT_FOUND"
  | "WEBHOOK_ENDPOINT_NOT_FOUND"
  | "WEBHOOK_DELIVERY_NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "NOT_ACCEPTABLE"
  | "EMAIL_ALREADY_EXISTS"
  | "EXTERNAL_ID_ALREADY_EXISTS"
  | "WALLET_ALREADY_LINKED"
  | "WALLET_IN_USE"
  | "USER_SUSPENDED"
  | "USER_DELETED"
  | "INVALID_STATE_TRANSITION"
  | "BADGE_FIELD_FROZEN"
  | "BADGE_NOT_PUBLISHED"
  | "BADGE_EXPIRED"
  | "BADGE_SUPPLY_EXHAUSTED"
  | "ALREADY_APPLIED"
  | "ALREADY_AWARDED"
  | "CLAIM_EXPIRED"
  | "AWARD_NOT_CLAIMED"
  | "CODE_ALREADY_EXISTS"
  | "ACHIEVEMENT_NOT_ACTIVE"
  | "WEBHOOK_ENDPOINT_DISABLED"
  | "WEBHOOK_ENDPOINT_LIMIT"
  | "IDEMPOTENCY_IN_PROGRESS"
  | "SANDBOX_RESET"
  | "PRECONDITION_FAILED"
  | "PAYLOAD_TOO_LARGE"
  | "URI_TOO_LONG"
  | "HEADERS_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "INVALID_WALLET_ADDRESS"
  | "INVALID_AMOUNT"
  | "INSUFFICIENT_BALANCE"
  | "MAX_SUPPLY_EXCEEDED"
  | "TRANSFER_NOT_ALLOWED"
  | "WALLET_NOT_MANAGED"
  | "TOKEN_PAUSED"
  | "TRANSACTION_REVERTED"
  | "NOT_A_SPONSOR"
  | "EVIDENCE_REQUIRED"
  | "PREREQUISITE_NOT_MET"
  | "INVALID_PROGRESS"
  | "WEBHOOK_URL_NOT_ALLOWED"
  | "IDEMPOTENCY_KEY_REUSED"
  | "RATE_LIMIT_EXCEEDED"
  | "INTERNAL_ERROR"
  | "CHAIN_UNAVAILABLE"
  | "STORAGE_UNAVAILABLE";

interface ErrorContext {
  readonly details?: readonly ErrorDetail[];
  /** The parameter at fault, when there is exactly one. */
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the code's own: of an injected fault, whose code may be none of ours. */
  readonly status?: number;
  readonly cause?: unknown;
}

/** A refusal with a stable code; http/ turns it into the error envelope in one place. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly ErrorDetail[] | null;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for the status that belongs to the code. */
  readonly status: number | null;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, { cause: context.cause });
    this.name = "ApiError";
    this.code = code;
    this.details = context.details ?? null;
    this.param = context.param ?? null;
    this.headers = context.headers ?? {};
    this.status = context.status ?? null;
  }
}

/** A refusal whose single detail states facts: `{available, required}`, `{from, action, allowed}`. */
export function refuse(code: ErrorCode, message: string, path: string, facts: Record<string, unknown> = {}): ApiError {
  const param = path.split("/").filter(Boolean).join(".");
  return new ApiError(code, message, {
    details: [{ path, code, message, ...facts }],
    ...(param === "" ? {} : { param }),
  });
}
