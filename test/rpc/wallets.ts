import { Contract, isError, JsonRpcProvider, NonceManager, Wallet, WebSocketProvider } from "ethers";
import { BADGE_ABI, ERC721_METADATA, TOKEN_ABI } from "./token-abi.ts";
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
  /** What an explorer asks of an ERC-721 contract and one of its tokens. */
  badge(address: string, tokenId: bigint): Promise<ShownBadge>;
  close(): Promise<void>;
}

export interface ShownBadge {
  /** ERC-165: whether it has ERC-721's metadata. */
  readonly hasMetadata: boolean;
  readonly name: string;
  readonly owner: string;
  readonly tokenUri: string;
}

/** How such a program is opened: where JSON-RPC answers over HTTP and over WebSocket, the token, and the account that signs. */
export type OpenWallet = (world: Pick<World, "http" | "ws" | "token">, account: Account) => WalletSoftware;

export const ethersWallets: Readonly<Record<string, OpenWallet>> = {
  "ethers over HTTP": ({ http, token }, account) => ethersWallet(http, token, account),
  "ethers over WebSocket": ({ ws, token }, account) => ethersWallet(ws, token, account),
};

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
    async badge(address, tokenId) {
      const badge = new Contract(address, BADGE_ABI, provider);
      const read = (method: string, ...args: unknown[]) => badge.getFunction(method)(...args);
      return {
        hasMetadata: await read("supportsInterface", ERC721_METADATA),
        ...{ name: await read("name"), owner: await read("ownerOf", tokenId), tokenUri: await read("tokenURI", tokenId) },
      };
    },
    close: async () => provider.destroy(),
  };
}
