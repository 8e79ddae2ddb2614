import { Interface } from "ethers";

/** One JSON-RPC call; throws the answer's error. */
export async function ask<T = string>(url: string, method: string, params: readonly unknown[]): Promise<T> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
  const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

const BADGE = new Interface(["function ownerOf(uint256) view returns (address)", "function revoked(uint256) view returns (bool)"]);

/** What a badge contract, genuine or not, says of a token on the latest block. */
export async function askBadge<T>(url: string, contract: string, view: "ownerOf" | "revoked", tokenId: string): Promise<T> {
  const call = { to: contract, data: BADGE.encodeFunctionData(view, [tokenId]) };
  return BADGE.decodeFunctionResult(view, await ask(url, "eth_call", [call, "latest"]))[0];
}
