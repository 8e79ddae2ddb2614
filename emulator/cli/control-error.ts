/** No sandbox answers, it is another one, or it refused. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  /** The refusal's code; null when nothing answered. */
  readonly code: string | null;
  /** `Retry-After`, in seconds. */
  readonly retryAfter: number | null;
  constructor(message: string, code: string | null, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
