/** What an operation of the control plane is asked: parameters of its path, its query, its body. */
export interface ControlInput {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/**
 * Checks what an operation of spec/control.yaml is asked, by the validators that also check requests over HTTP: one refusal for every way
 * in. What is given is read as JSON would carry it.
 */
export interface InputChecks {
  /** What was asked, with declared types and as JSON carries it. Throws UNKNOWN_PARAMETER, VALIDATION_FAILED. */
  check(operationId: string, input: ControlInput): Required<ControlInput>;
}
