/** Reverts, decoded with the ABIs as they are published (dist/abi, by `npm run build`). */
import { Contract, isError, JsonRpcProvider } from "ethers";
import { type Abi, type BaseError, ContractFunctionRevertedError, createPublicClient, http } from "viem";
import { expect, it, onTestFinished } from "vitest";
import { packageFile } from "../../emulator/package-root.ts";
import { openWorld } from "../rpc/world.ts";

const { getsTokenAbi, getSmartBadgeAbi } = (await import(packageFile("dist/abi/index.js"))) as Record<string, Abi>;

it.each([
  ["token", getsTokenAbi, "transfer", [`0x${"11".repeat(20)}`, 5n], "ERC20InsufficientBalance"],
  ["token", getsTokenAbi, "mint", [`0x${"11".repeat(20)}`, 5n], "AccessControlUnauthorizedAccount"],
  ["badge", getSmartBadgeAbi, "revoke", [1n], "AccessControlUnauthorizedAccount"],
  ["badge", getSmartBadgeAbi, "ownerOf", [1n], "ERC721NonexistentToken"],
] as const)("%s: viem and ethers name the error of a call: %#", async (contract, abi, functionName, args, error) => {
  const { sandbox, http: url } = await openWorld();
  const { token_address, badge_address } = sandbox.info().chain;
  const address = (contract === "token" ? token_address : badge_address) as `0x${string}`;
  const account = sandbox.accounts[0]?.address as `0x${string}`;

  const call = { address, abi: abi as Abi, functionName, args, account };
  const byViem = await createPublicClient({ transport: http(url) })
    .simulateContract(call)
    .catch((failure: BaseError) => failure.walk((cause) => cause instanceof ContractFunctionRevertedError));
  expect((byViem as ContractFunctionRevertedError).data?.errorName).toBe(error);

  const provider = new JsonRpcProvider(url);
  onTestFinished(() => provider.destroy());
  const byEthers = await new Contract(address, abi as never, await provider.getSigner(0))
    .getFunction(functionName)
    .staticCall(...args)
    .catch((failure: unknown) => failure);
  expect(isError(byEthers, "CALL_EXCEPTION") ? byEthers.revert?.name : byEthers).toBe(error);
});
