import { Interface, Wallet } from "ethers";
import request from "supertest";
import { onTestFinished } from "vitest";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { served } from "../support/served.ts";
import { TOKEN_ABI } from "./token-abi.ts";

export const TOKEN = new Interface(TOKEN_ABI);

export interface RpcFailure {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A sandbox with both ports in use, closed when the test ends. */
export interface World {
  readonly sandbox: Sandbox;
  /** Origin of the JSON-RPC port, and the same for WebSocket. */
  readonly http: string;
  readonly ws: string;
  readonly token: string;
  readonly api: Api;
  /** One JSON-RPC call over HTTP; throws the answer's error. */
  rpc<T = unknown>(method: string, params?: readonly unknown[]): Promise<T>;
  /** One call that must be refused. */
  refused(method: string, params?: readonly unknown[]): Promise<RpcFailure>;
  /** A signed transfer of GETS (base units), ready for eth_sendRawTransaction. */
  signedTransfer(from: Account, to: string, amount: bigint, nonce: number): Promise<string>;
  close(): Promise<void>;
}

export type Account = Sandbox["accounts"][number];

export async function openWorld(options: SandboxOptions = {}): Promise<World> {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  const http = await sandbox.listenRpc();
  const token = sandbox.info().chain.token_address;

  async function answerTo(method: string, params: readonly unknown[]) {
    const response = await fetch(http, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
    return (await response.json()) as { result?: unknown; error?: RpcFailure };
  }

  return {
    sandbox,
    http,
    ws: http.replace("http", "ws"),
    token,
    api: apiOf(sandbox),
    async rpc<T>(method: string, params: readonly unknown[] = []) {
      const { result, error } = await answerTo(method, params);
      if (error) throw Object.assign(new Error(`${method}: ${error.message}`), error);
      return result as T;
    },
    async refused(method, params = []) {
      const { result, error } = await answerTo(method, params);
      if (!error) throw new Error(`${method} was not refused; it answered ${JSON.stringify(result)}`);
      return error;
    },
    signedTransfer: (from, to, amount, nonce) =>
      new Wallet(from.privateKey).signTransaction({
        type: 2,
        chainId: sandbox.info().chain.chain_id,
        to: token,
        data: TOKEN.encodeFunctionData("transfer", [to, amount]),
        nonce,
        gasLimit: 100_000,
        maxFeePerGas: 1_000_000_000,
        maxPriorityFeePerGas: 0,
      }),
    close: () => sandbox.close(),
  };
}

export type Api = ReturnType<typeof apiOf>;

/** The API, as these stories need it. Answers are the envelope's `data`; a refusal throws its code. */
function apiOf({ app, apiKey }: Sandbox) {
  let people = 0;
  async function call(method: "get" | "post", path: string, body?: object) {
    const response = await request(served(app))[method](`/v1${path}`).set("Authorization", `Bearer ${apiKey}`).send(body);
    if (response.status >= 400) throw new Error(response.body.error.code);
    return response.body.data;
  }
  return {
    get: (path: string) => call("get", path),
    post: (path: string, body: object) => call("post", path, body),
    /** A new user; with an address, one who holds their own wallet. */
    user(wallet_address?: string): Promise<{ id: string; wallet: { address: string } }> {
      people += 1;
      const name = { email: `person${people}@example.com`, display_name: `Person ${people}` };
      return call("post", "/users", { ...name, ...(wallet_address ? { wallet_address } : {}) });
    },
    mint: (user_id: string, amount: string) => call("post", "/tokens/mint", { user_id, amount }),
    transfer: (from_user_id: string, to_user_id: string, amount: string) =>
      call("post", "/tokens/transfer", { from_user_id, to_user_id, amount }),
    async balance(user_id: string): Promise<string> {
      return (await call("get", `/users/${user_id}/balance`)).balance;
    },
    async transactions(query = ""): Promise<ApiTransaction[]> {
      return (await call("get", `/tokens/transactions${query}`)).items;
    },
    async events(type: string): Promise<{ type: string; data: { id: string } }[]> {
      return (await call("get", `/events?type=${type}`)).items;
    },
  };
}

export interface ApiTransaction {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly amount: string;
  readonly from: { user_id: string | null; address: string };
  readonly to: { user_id: string | null; address: string };
  readonly chain: { tx_hash: string; block_number: number };
}
