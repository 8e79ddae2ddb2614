import { readFileSync } from "node:fs";
import { Interface } from "ethers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeCall } from "../../emulator/adapters/hardhat/contracts.ts";
import type { ChainCall } from "../../emulator/ports/chain.ts";

const artifact = (name: string) => JSON.parse(readFileSync(new URL(`../../contracts/compiled/${name}.json`, import.meta.url), "utf8"));
const ABI = { token: new Interface(artifact("GetsToken").abi), badge: new Interface(artifact("GetSmartBadge").abi) };

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => `0x${Buffer.from(array).toString("hex")}`);
const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const address = hex(20);
const bytes32 = hex(32);

const calls: fc.Arbitrary<ChainCall> = fc.oneof(
  fc.record({ contract: fc.constant("token" as const), method: fc.constant("mint" as const), args: fc.tuple(address, uint256) }),
  fc.record({
    contract: fc.constant("token" as const),
    method: fc.constant("operatorTransfer" as const),
    args: fc.tuple(bytes32, address, uint256),
  }),
  fc.record({ contract: fc.constant("token" as const), method: fc.constant("operatorBurn" as const), args: fc.tuple(bytes32, uint256) }),
  fc.record({ contract: fc.constant("token" as const), method: fc.constant("lock" as const), args: fc.tuple(bytes32, bytes32, uint256) }),
  fc.record({ contract: fc.constant("token" as const), method: fc.constant("refund" as const), args: fc.tuple(bytes32) }),
  fc.record({
    contract: fc.constant("token" as const),
    method: fc.constantFrom("pause" as const, "unpause" as const),
    args: fc.constant([] as []),
  }),
  fc.record({ contract: fc.constant("badge" as const), method: fc.constant("revoke" as const), args: fc.tuple(uint256) }),
  fc.record({
    contract: fc.constant("badge" as const),
    method: fc.constant("claim" as const),
    args: fc.tuple(address, uint256, fc.string(), bytes32, uint256, fc.constantFrom(0 as const, 1 as const)),
  }),
);

it("calldata is what ethers' ABI coder writes", () => {
  fc.assert(
    fc.property(calls, (call) => {
      expect(encodeCall(call)).toBe(ABI[call.contract].encodeFunctionData(call.method, call.args));
    }),
  );
});
