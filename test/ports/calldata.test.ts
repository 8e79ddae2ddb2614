import { readFileSync } from "node:fs";
import { Interface } from "ethers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "../../emulator/adapters/hardhat/calldata.ts";
import { anyText } from "../support/any-text.ts";

const artifact = (name: string) => JSON.parse(readFileSync(new URL(`../../contracts/compiled/${name}.json`, import.meta.url), "utf8"));
const ABI = { token: new Interface(artifact("GetsToken").abi), badge: new Interface(artifact("GetSmartBadge").abi) };

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => `0x${Buffer.from(array).toString("hex")}`);
/** Values of each type that our methods take. */
const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  address: hex(20),
  bytes4: hex(4),
  bytes7: hex(7),
  bytes32: hex(32),
  uint8: fc.constantFrom(0, 1),
  uint256: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  string: anyText({ maxLength: 100 }),
};

/** Every method of both contracts that has a name of its own and arguments of these types. */
const METHODS = (["token", "badge"] as const).flatMap((contract) => {
  const named: { readonly name: string; readonly inputs: readonly { readonly type: string }[] }[] = [];
  ABI[contract].forEachFunction((each) => named.push(each));
  const single = named.filter(({ name }) => named.filter((other) => other.name === name).length === 1);
  return single
    .filter(({ inputs }) => inputs.every(({ type }) => type in VALUES))
    .map(({ name, inputs }) => ({ contract, name, types: inputs.map(({ type }) => type) }));
});

describe("calldata", () => {
  it.each(METHODS)("of $contract $name is what ethers' ABI coder writes", ({ contract, name, types }) => {
    const args = fc.tuple(...types.map((type) => VALUES[type] as fc.Arbitrary<unknown>));
    fc.assert(
      fc.property(args, (values) => {
        expect(encode(contract, name, values)).toBe(ABI[contract].encodeFunctionData(name, values));
      }),
    );
  });

  it("is that of the contract: methods of one name and other arguments are not mixed up", () => {
    const address = `0x${"ab".repeat(20)}`;
    for (const contract of ["token", "badge", "token"] as const) {
      const args = contract === "token" ? [address, 7n] : [address, 8n];
      expect(encode(contract, "approve", args)).toBe(ABI[contract].encodeFunctionData("approve", args));
    }
    const supported = ["0x49064906"];
    expect(() => encode("token", "tokenURI", [1n])).toThrow(RangeError);
    expect(encode("badge", "supportsInterface", supported)).toBe(ABI.badge.encodeFunctionData("supportsInterface", supported));
  });

  it.each([
    ["a number beyond its type", "token", "mint", [`0x${"00".repeat(20)}`, 2n ** 256n]],
    ["a negative number", "token", "mint", [`0x${"00".repeat(20)}`, -1n]],
    ["half a number", "badge", "revoke", [1.5]],
    ["a number that lost its exactness", "badge", "revoke", [2 ** 60]],
    ["a number as text", "badge", "revoke", ["1"]],
    ["a long address", "token", "mint", [`0x${"00".repeat(21)}`, 1n]],
    ["a word for an address", "token", "mint", [`0x${"00".repeat(32)}`, 1n]],
    ["no hexadecimal", "token", "refund", [`0x${"0g".repeat(32)}`]],
    ["a short word", "token", "refund", ["0x00"]],
    ["a missing argument", "token", "mint", [`0x${"00".repeat(20)}`]],
    ["one argument too many", "token", "pause", [1n]],
    ["no text", "badge", "claim", [`0x${"00".repeat(20)}`, 1n, "0x4b3751575a334d", 7, `0x${"00".repeat(32)}`, 1n, 0]],
  ] as const)("%s is refused", (_, contract, method, args) => {
    expect(() => encode(contract, method, args)).toThrow(RangeError);
  });

  it("half of a surrogate pair in a text is written as U+FFFD", () => {
    const claim = (title: string) => [`0x${"00".repeat(20)}`, 1n, "0x4b3751575a334d", title, `0x${"00".repeat(32)}`, 1n, 0];
    expect(encode("badge", "claim", claim("a\ud800b"))).toBe(ABI.badge.encodeFunctionData("claim", claim("a\ufffdb")));
  });
});
