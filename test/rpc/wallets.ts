import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Contract, isError, JsonRpcProvider, NonceManager, Wallet, WebSocketProvider } from "ethers";
import { type BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, http, parseAbi, webSocket } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { secondTierTool } from "../support/tools.ts";
import { TOKEN_ABI } from "./token-abi.ts";
import type { Account, World } from "./world.ts";

/** A program that people use to reach a chain. */
export interface WalletSoftware {
  chainId(): Promise<number>;
  token(): Promise<{ name: string; symbol: string }>;
  balanceOf(address: string): Promise<bigint>;
  /** Sends GETS and waits for the receipt; returns the hash. */
  transfer(to: string, amount: bigint): Promise<string>;
  /** Name of the custom error with which the contract refuses a transfer. */
  refusalOf(to: string, amount: bigint): Promise<string | undefined>;
  close(): Promise<void>;
}

export type Kind = "ethers over HTTP" | "ethers over WebSocket" | "viem over HTTP" | "viem over WebSocket" | "cast";

export function openWallet(kind: Kind, { http: url, ws, token }: Pick<World, "http" | "ws" | "token">, account: Account): WalletSoftware {
  if (kind === "cast") return castWallet(url, token, account);
  const socket = kind.endsWith("WebSocket");
  return kind.startsWith("ethers") ? ethersWallet(socket ? ws : url, token, account) : viemWallet(socket ? ws : url, token, account);
}

function ethersWallet(url: string, address: string, { privateKey }: Account): WalletSoftware {
  const options = { cacheTimeout: -1, pollingInterval: 20 };
  const provider = url.startsWith("ws") ? new WebSocketProvider(url) : new JsonRpcProvider(url, undefined, options);
  const token = new Contract(address, TOKEN_ABI, new NonceManager(new Wallet(privateKey, provider)));
  return {
    chainId: async () => Number((await provider.getNetwork()).chainId),
    token: async () => ({ name: await token.getFunction("name")(), symbol: await token.getFunction("symbol")() }),
    balanceOf: (holder) => token.getFunction("balanceOf")(holder),
    async transfer(to, amount) {
      const sent = await token.getFunction("transfer")(to, amount);
      return (await sent.wait()).hash;
    },
    refusalOf: (to, amount) =>
      token
        .getFunction("transfer")
        .staticCall(to, amount)
        .then(
          () => undefined,
          (error) => (isError(error, "CALL_EXCEPTION") ? error.revert?.name : undefined),
        ),
    close: async () => provider.destroy(),
  };
}

function viemWallet(url: string, address: string, { privateKey }: Account): WalletSoftware {
  const transport = url.startsWith("ws") ? webSocket(url) : http(url);
  const chain = foundry;
  const reader = createPublicClient({ chain, transport, pollingInterval: 20 });
  const wallet = createWalletClient({ chain, transport, account: privateKeyToAccount(privateKey as `0x${string}`) });
  const token = { address: address as `0x${string}`, abi: parseAbi(TOKEN_ABI) };
  const call = (to: string, amount: bigint) => ({ ...token, functionName: "transfer", args: [to as `0x${string}`, amount] }) as const;
  return {
    chainId: () => reader.getChainId(),
    token: async () => ({
      name: await reader.readContract({ ...token, functionName: "name" }),
      symbol: await reader.readContract({ ...token, functionName: "symbol" }),
    }),
    balanceOf: (holder) => reader.readContract({ ...token, functionName: "balanceOf", args: [holder as `0x${string}`] }),
    async transfer(to, amount) {
      const hash = await wallet.writeContract(call(to, amount));
      return (await reader.waitForTransactionReceipt({ hash })).transactionHash;
    },
    refusalOf: (to, amount) =>
      reader.simulateContract({ ...call(to, amount), account: wallet.account }).then(
        () => undefined,
        (error: BaseError) => {
          const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
          return (reverted as ContractFunctionRevertedError | null)?.data?.errorName;
        },
      ),
    async close() {
      if (url.startsWith("ws")) await closeSocket(reader);
    },
  };
}

/** viem keeps a WebSocket open until it is told. */
export async function closeSocket({ transport }: { transport: object }): Promise<void> {
  (await (transport as { getRpcClient(): Promise<{ close(): void }> }).getRpcClient()).close();
}

/** Foundry's command-line client; null where it is not installed. */
export const CAST = secondTierTool("cast");

function castWallet(url: string, token: string, { address, privateKey }: Account): WalletSoftware {
  async function cast(...args: string[]): Promise<string> {
    // A proxy in the environment is not for loopback.
    const env = { ...process.env, NO_PROXY: "127.0.0.1" };
    const { stdout, stderr } = await promisify(execFile)(CAST as string, [...args, "--rpc-url", url], { env });
    // The launcher of the npm package ends with 0 even when cast does not.
    if (stdout === "") throw new Error(stderr);
    return stdout.trim();
  }
  const view = (signature: string, ...args: string[]) => cast("call", token, signature, ...args);
  return {
    chainId: async () => Number(await cast("chain-id")),
    token: async () => ({
      name: JSON.parse(await view("name()(string)")),
      symbol: JSON.parse(await view("symbol()(string)")),
    }),
    balanceOf: async (holder) => BigInt((await view("balanceOf(address)(uint256)", holder)).split(" ")[0] as string),
    async transfer(to, amount) {
      const text = await cast("send", token, "transfer(address,uint256)", to, `${amount}`, "--private-key", privateKey, "--json");
      return JSON.parse(text).transactionHash;
    },
    refusalOf: (to, amount) =>
      view("transfer(address,uint256)", to, `${amount}`, "--from", address).then(
        () => undefined,
        // cast prints the error's data; this is ERC20InsufficientBalance (ERC-6093).
        (error) => (error.message.includes('data: "0xe450d38c') ? "ERC20InsufficientBalance" : undefined),
      ),
    close: async () => {},
  };
}
