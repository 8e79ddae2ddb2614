import { type BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, http, parseAbi, webSocket } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { BADGE_ABI, ERC721_METADATA, TOKEN_ABI } from "../rpc/token-abi.ts";
import type { OpenWallet, WalletSoftware } from "../rpc/wallets.ts";
import type { Account } from "../rpc/world.ts";

export const viemWallets: Readonly<Record<string, OpenWallet>> = {
  "viem over HTTP": (world, account) => viemWallet(world.http, world.token, account),
  "viem over WebSocket": (world, account) => viemWallet(world.ws, world.token, account),
};

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
    async badge(badge, tokenId) {
      const contract = { address: badge as `0x${string}`, abi: parseAbi(BADGE_ABI) };
      return {
        hasMetadata: await reader.readContract({ ...contract, functionName: "supportsInterface", args: [ERC721_METADATA] }),
        name: await reader.readContract({ ...contract, functionName: "name" }),
        owner: await reader.readContract({ ...contract, functionName: "ownerOf", args: [tokenId] }),
        tokenUri: await reader.readContract({ ...contract, functionName: "tokenURI", args: [tokenId] }),
      };
    },
    async close() {
      if (url.startsWith("ws")) await closeSocket(reader);
    },
  };
}

/** viem keeps a WebSocket open until it is told. */
export async function closeSocket({ transport }: { transport: object }): Promise<void> {
  (await (transport as { getRpcClient(): Promise<{ close(): void }> }).getRpcClient()).close();
}
