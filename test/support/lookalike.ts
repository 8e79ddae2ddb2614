import { readFileSync } from "node:fs";
import { ContractFactory, getCreateAddress, id } from "ethers";
import { GETS_ID } from "./chain-calls.ts";

function factory(name: string): ContractFactory {
  const { abi, bytecode } = JSON.parse(readFileSync(new URL(`../../contracts/compiled/${name}.json`, import.meta.url), "utf8"));
  return new ContractFactory(abi, bytecode);
}

/** What a forger's wallet sends, in order, beginning with its first transaction. `to` is absent for a deployment. */
export interface Forgery {
  /** The forger's own copy of the badge contract. */
  readonly contract: string;
  readonly transactions: readonly { readonly from: string; readonly to?: string; readonly data: string; readonly gas: string }[];
}

/**
 * The best fake there can be: our own two contracts, deployed once more by somebody else, with a badge of the same number
 * minted to the same wallet. The last transaction is that of the claim.
 */
export async function forgeryBy(forger: string, victim: string, tokenId: bigint): Promise<Forgery> {
  const [gets, badge] = [factory("GetsToken"), factory("GetSmartBadge")];
  const [token, contract] = [getCreateAddress({ from: forger, nonce: 0 }), getCreateAddress({ from: forger, nonce: 1 })];
  const calls = [
    { data: (await gets.getDeployTransaction(forger)).data },
    { data: (await badge.getDeployTransaction(forger, token, "")).data },
    { to: token, data: gets.interface.encodeFunctionData("grantRole", [id("MINTER_ROLE"), contract]) },
    { to: contract, data: badge.interface.encodeFunctionData("claim", [victim, tokenId, GETS_ID, "Forged", id("forged"), 1n, 0]) },
  ];
  return { contract, transactions: calls.map((call) => ({ from: forger, gas: "0x989680", ...call })) };
}
