import { randomBytes } from "node:crypto";
import { Cleanup } from "./cleanup.ts";
import type { ApiDocument, DocumentedResponse } from "./document.ts";
import { type Answer, type Exchange, exchangeOf, type Sent } from "./exchange.ts";
import { Budget, Governor } from "./governor.ts";
import type { Settings } from "./options.ts";
import { Inconclusive, Interrupted, NoAnswer, Untestable } from "./outcomes.ts";
import type { Receiver } from "./receiver.ts";
import type { OpenTarget } from "./target.ts";
import { type RunTime, runTime } from "./time.ts";
import { openTransport } from "./transport.ts";

/** One request of a check. Paths are below the base URL. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly operationId?: string | null;
  /** Default: the run's key; null for none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; its Content-Type is among the headers, or there is none. */
  readonly raw?: string | Buffer;
  /** On a connection of its own. */
  readonly fresh?: boolean;
  /** Exactly these headers; nothing else is added but Host and length. */
  readonly wire?: readonly (readonly [string, string])[];
  /** Another place than below the base URL, such as an un-versioned path. */
  readonly url?: string;
  /** A 429 is an answer like another here: not asked again. */
  readonly throttled?: boolean;
  /** Not paced and not budgeted: for checks of the limits, which say what they send. */
  readonly free?: boolean;
  /** Asked before, of a target that was not done then. */
  readonly again?: boolean;
  /** Whether checks of the whole traffic look at the answer. */
  readonly judged?: boolean;
}

/** What all checks of a run share. */
export class Session {
  readonly settings: Settings;
  readonly target: OpenTarget;
  readonly document: ApiDocument;
  /** See made.ts: what this run makes carries it. */
  readonly runId = `c${Date.now().toString(36)}${randomBytes(3).toString("hex")}`;
  readonly log: Exchange[] = [];
  readonly cleanup = new Cleanup();
  readonly budget: Budget;
  readonly transport;
  /** Every key that was used, for redaction. */
  readonly secrets = new Set<string>();
  /** Where webhooks come; null without --webhook-receiver. Opened by preflight. */
  receiver: Receiver | null = null;
  /** What requests are sent with that name no key: the run's own, or one made to relieve its hourly quota. */
  key: string;
  time: RunTime;
  governor: Governor;
  /** Requests are refused from now on: the run was interrupted and only cleans up. */
  #stopped: AbortSignal | null;

  constructor(settings: Settings, target: OpenTarget) {
    this.settings = settings;
    this.target = target;
    this.document = settings.document;
    this.#stopped = settings.signal;
    this.key = settings.apiKey;
    this.time = runTime(null, settings.signal);
    this.governor = new Governor(this.time, settings.maxRps);
    this.budget = new Budget(settings.budget);
    this.transport = openTransport(settings, new AbortController().signal);
    for (const key of [settings.apiKey, settings.apiKeyB, settings.rateKey]) if (key !== null) this.secrets.add(key);
  }

  /** After an interruption: what was made is still taken away. */
  cleaning(): void {
    this.#stopped = null;
    this.key = this.settings.apiKey;
    this.time = runTime(null, new AbortController().signal);
  }

  /** Nothing is sent or received any more. */
  async close(): Promise<void> {
    this.transport.close();
    await this.receiver?.close();
  }

  /** Sends one request for a check. A 429 nobody asked for is waited out and asked again. */
  async send(check: string, request: Request): Promise<Exchange> {
    for (let attempt = 1; ; attempt++) {
      if (!request.free) await this.governor.turn();
      const exchange = await this.#once(check, request);
      if (exchange.status !== 429 || request.throttled) return exchange;
      if (attempt === 4)
        throw new Inconclusive(`throttled four times on ${request.method} ${request.path}; is somebody else using this key?`);
      const seconds = Number(exchange.headers["retry-after"] ?? 1);
      await this.time.sleep(Math.min(Number.isFinite(seconds) ? seconds : 1, 10) * 1000 + 50);
    }
  }

  /** Sends requests at the same time. */
  async together(check: string, requests: readonly Request[]): Promise<readonly Exchange[]> {
    if (!requests[0]?.free) await this.governor.together(requests.length);
    return await Promise.all(requests.map((request) => this.#once(check, request)));
  }

  async #once(check: string, request: Request): Promise<Exchange> {
    if (this.#stopped?.aborted) throw new Interrupted("interrupted");
    if (!request.free && this.#stopped !== null) {
      if (this.budget.left === 0) throw new Untestable(`the budget of ${this.budget.limit} requests is used up (--budget)`);
      this.budget.take();
    }
    const sent = this.#sent(request);
    const started = performance.now();
    const n = this.log.length + 1;
    const answer = await this.#answer(sent, request).catch((error: Error) => {
      throw new NoAnswer(`${sent.method} ${sent.url}`, error);
    });
    const operationId = request.operationId ?? null;
    const exchange = exchangeOf(sent, answer, {
      n,
      check,
      operationId,
      ms: Math.round(performance.now() - started),
      documented: operationId === null ? null : this.#documented(operationId, answer.status),
      judged: request.judged ?? true,
      again: request.again ?? false,
    });
    this.log.push(exchange);
    this.settings.onExchange?.(exchange);
    return exchange;
  }

  #answer(sent: Sent, request: Request): Promise<Answer> {
    return request.wire ? this.transport.wire(sent) : this.transport.send(sent, request.fresh ?? false);
  }

  #sent({ method, path, url, key, headers = {}, json, raw, wire }: Request): Sent {
    const used = key === undefined ? this.key : key;
    const own = Object.entries(headers);
    const isNamed = (name: string) => own.some(([each]) => each.toLowerCase() === name);
    return {
      method,
      url: url ?? this.target.baseUrl + path,
      headers: wire ?? [
        ...(used === null || isNamed("authorization") ? [] : [["Authorization", `Bearer ${used}`] as const]),
        ...(json === undefined || isNamed("content-type") ? [] : [["Content-Type", "application/json"] as const]),
        ...own,
      ],
      body: raw ?? (json === undefined ? null : JSON.stringify(json)),
    };
  }

  #documented(operationId: string, status: number): DocumentedResponse | null {
    return this.document.operation(operationId).responses.get(status) ?? null;
  }
}
