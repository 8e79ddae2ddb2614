import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ERC721_METADATA } from "../rpc/token-abi.ts";
import type { OpenWallet } from "../rpc/wallets.ts";
import { secondTierTool } from "../support/tools.ts";

const CAST = secondTierTool("cast");

/** Foundry's command-line client. */
export const castWallet: OpenWallet = ({ http: url, token }, { address, privateKey }) => {
  async function cast(...args: string[]): Promise<string> {
    // A proxy in the environment is not for loopback.
    const env = { ...process.env, NO_PROXY: "127.0.0.1" };
    const { stdout, stderr } = await promisify(execFile)(CAST, [...args, "--rpc-url", url], { env });
    // The launcher of the npm package ends with 0 even when cast does not.
    if (stdout === "") throw new Error(stderr);
    return stdout.trim();
  }
  const viewOf = (contract: string, signature: string, ...args: string[]) => cast("call", contract, signature, ...args);
  const view = (signature: string, ...args: string[]) => viewOf(token, signature, ...args);
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
    badge: async (badge, tokenId) => ({
      hasMetadata: (await viewOf(badge, "supportsInterface(bytes4)(bool)", ERC721_METADATA)) === "true",
      name: JSON.parse(await viewOf(badge, "name()(string)")),
      owner: await viewOf(badge, "ownerOf(uint256)(address)", `${tokenId}`),
      tokenUri: JSON.parse(await viewOf(badge, "tokenURI(uint256)(string)", `${tokenId}`)),
    }),
    close: async () => {},
  };
};
