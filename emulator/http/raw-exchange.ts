import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import { keptAnswer, type LateHash } from "../control/body.ts";
import type { Exchange } from "../control/exchange.ts";
import { fieldValue } from "../control/header-fields.ts";
import { redactText } from "../control/redact.ts";
import type { ErrorCode } from "../model/errors.ts";
import { targetOf } from "../model/request-target.ts";
import type { Recorder } from "./middleware/record-requests.ts";
import { hashUnread } from "./unread-body.ts";

/** A refusal of what never came to the application. */
interface RawRefusal {
  readonly requestId: string;
  readonly status: number;
  readonly code: ErrorCode;
  /** The answer's body; null for HEAD. */
  readonly body: string | null;
  /** Null when no request line could be read. */
  readonly method: string | null;
  readonly url: string | null;
  /** Names and values in turn; empty when they could not be read. */
  readonly requestHeaders: readonly string[];
  readonly unread: LateHash | null;
  /** Status line and header fields of the answer. */
  readonly responseHead: string;
}

/** What could be read of a request that is refused. */
export type RawLine = Pick<RawRefusal, "method" | "url" | "requestHeaders" | "unread">;

/** Where refusals are told, and where they get their ids. */
export interface RawRecorder {
  requestId(): string;
  refused(refusal: RawRefusal): void;
}

/** `at`: sandbox time in ms. The log has a line for these too; the request log leaves out those to the control plane, as it does elsewhere. */
export function rawRecorder(recorder: Recorder, requestId: () => string, at: () => number, log: Logger): RawRecorder {
  return {
    requestId,
    refused({ body, ...refusal }) {
      const { requestId: request_id, method, status, code } = refusal;
      const path = refusal.url === null ? null : redactText(refusal.url.split("?", 1)[0] as string);
      log.info({ request_id, method, path, status, code }, `${method ?? "–"} ${path ?? "–"} ${status}`);
      if (isForControl(refusal.url)) return;
      const exchange: Exchange = {
        ...refusal,
        receivedAt: Date.now(),
        at: at(),
        began: performance.now(),
        duration: 0,
        course: null,
        keyId: null,
        session: false,
        counted: true,
        idempotencyKey: fieldValue(refusal.requestHeaders, "idempotency-key") !== null,
        replayed: false,
        fault: null,
        quota: null,
        request: null,
        delivered: true,
        response: keptAnswer(body),
      };
      recorder.record(exchange);
    },
  };
}

/** Whether a request target, of whatever form, is one of the control plane's. */
export function isForControl(url: string | null): boolean {
  return url !== null && /^\/_sandbox(\/|$)/.test(targetOf(url).path);
}

/** Method and target of the request line at the beginning of what came, if one is there; of a long target only the method. */
export function requestLine(packet: Buffer | undefined): RawLine {
  const [, method = null, url = null] = /^([A-Z]{1,20}) (?:(\S{1,2048}) HTTP\/|\/)/.exec(packet?.toString("latin1", 0, 4096) ?? "") ?? [];
  return { method, url, requestHeaders: [], unread: null };
}

/** The same of a request that Node has read. */
export function lineOf(req: IncomingMessage): RawLine {
  const { method, url, rawHeaders } = req;
  return { method: method ?? null, url: url ?? null, requestHeaders: rawHeaders, unread: hashUnread(req) };
}
