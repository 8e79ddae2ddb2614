import type { Exchange } from "./exchange.ts";

/** What shows that a requirement does not hold. */
export interface Evidence {
  /** What was done, as a sentence: "A transfer of more than the balance". */
  readonly what?: string;
  readonly exchange?: Exchange | undefined;
  /** JSON pointer into the answer's body, or a header's name. */
  readonly pointer?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** A MUST inside a SHOULD: it gates like a MUST. */
  readonly mandatory?: boolean;
}

/** The implementation does not do what the requirement says. */
export class Failed extends Error {
  override readonly name = "Failed";
  readonly evidence: Evidence;
  constructor(message: string, evidence: Evidence) {
    super(message);
    this.evidence = evidence;
  }
}

/** The requirement says nothing about this target. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** The target, or what was declared of it, does not let us look. */
export class Untestable extends Error {
  override readonly name = "Untestable";
}

/** We looked, and what we saw proves neither. */
export class Inconclusive extends Error {
  override readonly name = "Inconclusive";
}

/** What the check needs first could not be made; that is another check's failure. */
export class SetupFailed extends Error {
  override readonly name = "SetupFailed";
  readonly exchange: Exchange | undefined;
  constructor(message: string, exchange?: Exchange) {
    super(message);
    this.exchange = exchange;
  }
}

/** A request got no HTTP answer. Whether the target is gone or broke this one connection is found out by asking again. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  readonly request: string;
  constructor(request: string, cause: Error) {
    super(`no answer to ${request}: ${reasonOf(cause)}`, { cause });
    this.request = request;
  }
}

/** The run was stopped from outside. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Exit code 2: options, files or the document cannot be used. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Exit code 3: the target cannot be judged at all. */
export class TargetUnusable extends Error {
  override readonly name = "TargetUnusable";
}

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code && !error.message.includes(code) ? `${code} ${error.message}` : error.message;
}
