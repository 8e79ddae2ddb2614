import type { DocumentedResponse, Json } from "./document.ts";
import { type StrictJson, strictJson } from "./strict-json.ts";

/** What was sent. `url` is whole; secrets in it are still there, redact.ts takes them out of reports. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Buffer | null;
}

/** What came back. Header names in lower case, repeated ones joined by a comma. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request and its answer, as seen by a check. */
export interface Exchange {
  /** Number in the run. */
  readonly n: number;
  /** The check that sent it. */
  readonly check: string;
  /** The operation it was meant for; null for what the document does not have. */
  readonly operationId: string | null;
  readonly sent: Sent;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body as text. */
  readonly text: string;
  /** The body read strictly. */
  readonly strict: StrictJson;
  /** The body's value; undefined when it is no JSON. */
  readonly json: Json | undefined;
  /** `data` of a success; an empty object when there is none, so that a failing assertion can say what is missing. */
  readonly data: Readonly<Record<string, unknown>>;
  /** `error.code`, or null. */
  readonly code: string | null;
  readonly ms: number;
  /** What the document says of this answer; null when it says nothing. */
  readonly documented: DocumentedResponse | null;
  /** Whether checks of the whole traffic look at it (not: plain HTTP, other hosts). */
  readonly judged: boolean;
  /** Whether it asks again what a target was not done with: that is not among the requests of its check. */
  readonly again: boolean;
}

export interface About {
  readonly n: number;
  readonly check: string;
  readonly operationId: string | null;
  readonly ms: number;
  readonly documented: DocumentedResponse | null;
  readonly judged: boolean;
  readonly again: boolean;
}

/** The body is read when a check first looks at it: most answers are judged by their status, and some are pages of megabytes. */
export function exchangeOf(sent: Sent, answer: Answer, about: About): Exchange {
  const text = once(() => answer.body.toString("utf8"));
  const strict = once(() => strictJson(answer.body));
  const json = once(() => parsed(text()));
  return {
    ...about,
    sent,
    ...answer,
    get text() {
      return text();
    },
    get strict() {
      return strict();
    },
    get json() {
      return json();
    },
    get data() {
      const data = json()?.data;
      return data !== null && typeof data === "object" ? (data as Json) : {};
    },
    get code() {
      const { code } = (json()?.error ?? {}) as { code?: unknown };
      return typeof code === "string" ? code : null;
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** `POST /users → 409 EMAIL_ALREADY_EXISTS`, for one line of a report. */
export function lineOf({ sent, status, code }: Pick<Exchange, "sent" | "status" | "code">): string {
  const { pathname, search } = new URL(sent.url);
  return `${sent.method} ${pathname}${search} → ${status}${code ? ` ${code}` : ""}`;
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
