import { DEFAULT_KEY } from "../../emulator/services/keys.ts";
import type { Urls } from "./sandbox-process.ts";

export interface Answer {
  readonly status: number;
  readonly replayed: boolean;
  /** The body as it came. */
  readonly text: string;
  /** `data` of the success envelope. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared as JSON
  readonly data: any;
}

export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** After the origin. */
  readonly path: string;
  readonly body?: unknown;
  readonly key?: string | null;
}

/** A client of one running sandbox. `null` stands for "no answer came": the process died, before or after the commit. */
export class Client {
  readonly #urls: Urls;

  constructor(urls: Urls) {
    this.#urls = urls;
  }

  async send({ method, path, body, key }: Call): Promise<Answer | null> {
    const headers = {
      Authorization: `Bearer ${DEFAULT_KEY}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(key ? { "Idempotency-Key": key } : {}),
    };
    try {
      const response = await fetch(this.#urls.api + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        replayed: response.headers.get("idempotent-replayed") === "true",
        text,
        data: JSON.parse(text).data,
      };
    } catch {
      return null;
    }
  }

  async exportState(): Promise<string> {
    return await (await fetch(`${this.#urls.api}/_sandbox/export`)).text();
  }

  async importState(yaml: string): Promise<void> {
    const headers = { "Content-Type": "application/yaml" };
    const answer = await fetch(`${this.#urls.api}/_sandbox/import`, { method: "POST", headers, body: yaml });
    if (!answer.ok) throw new Error(`import: ${answer.status} ${await answer.text()}`);
  }

  /** A read that must succeed. */
  async get(path: string): Promise<Answer["data"]> {
    const answer = await this.send({ method: "GET", path });
    if (answer?.status !== 200) throw new Error(`GET ${path}: ${answer ? `${answer.status} ${answer.text}` : "no answer"}`);
    return answer.data;
  }

  /** Every item of a list, newest first. */
  async all(path: string): Promise<Answer["data"][]> {
    const items: Answer["data"][] = [];
    for (let cursor = ""; ; ) {
      const page = await this.get(`${path}?limit=100${cursor}`);
      items.push(...page.items);
      if (!page.has_more) return items;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
  }

  /** A call of the control plane that must succeed. */
  async control(path: string, body: unknown = {}): Promise<Answer["data"]> {
    const answer = await this.send({ method: "POST", path: `/_sandbox/${path}`, body });
    if (!answer || answer.status >= 300) throw new Error(`POST ${path}: ${answer ? `${answer.status} ${answer.text}` : "no answer"}`);
    return answer.data;
  }

  /** JSON-RPC: the result or the error; null when no answer came. */
  async rpc(method: string, params: readonly unknown[]): Promise<{ result?: unknown; error?: { message: string } } | null> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    try {
      const response = await fetch(this.#urls.rpc, { method: "POST", headers: { "Content-Type": "application/json" }, body });
      return JSON.parse(await response.text());
    } catch {
      return null;
    }
  }

  /** JSON-RPC that must succeed. */
  async ask<T>(method: string, ...params: unknown[]): Promise<T> {
    const answer = await this.rpc(method, params);
    if (!answer || answer.error) throw new Error(`${method}: ${answer?.error?.message ?? "no answer"}`);
    return answer.result as T;
  }
}
