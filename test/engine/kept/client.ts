import request from "supertest";
import type { Sandbox } from "../../../emulator/sandbox.ts";

/** The API and the chain of a sandbox as a kept folder's story uses them; anything but a success throws. */
export interface KeptClient {
  readonly sandbox: Sandbox;
  get(path: string): Promise<Json>;
  /** Every item of a list, newest first. */
  all(path: string): Promise<Json[]>;
  post(path: string, body?: object, idempotencyKey?: string): Promise<Json>;
  rpc(method: string, ...params: unknown[]): Promise<Json>;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the API answers.
type Json = any;

export async function keptClient(sandbox: Sandbox): Promise<KeptClient> {
  const chain = await sandbox.listenRpc();
  async function send(method: "get" | "post", path: string, body?: object, key?: string): Promise<Json> {
    const call = request(sandbox.app)[method](`/v1${path}`).set("Authorization", `Bearer ${sandbox.apiKey}`);
    if (key !== undefined) call.set("Idempotency-Key", key);
    const { status, body: answer, text } = await (body === undefined ? call : call.send(body));
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return "data" in answer ? answer.data : answer;
  }
  return {
    sandbox,
    get: (path) => send("get", path),
    async all(path) {
      const items: Json[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: Json = await send(
          "get",
          `${path}${path.includes("?") ? "&" : "?"}limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`,
        );
        items.push(...page.items);
        cursor = page.next_cursor;
      }
      return items;
    },
    post: (path, body, key) => send("post", path, body, key),
    async rpc(method, ...params) {
      const answer = await fetch(chain, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
      const { result, error } = (await answer.json()) as Json;
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    },
  };
}
