/** What a failed call is answered with: as `hardhat node` does, whose own provider is asked the same. */
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { beforeAll, describe, expect, it } from "vitest";
import { HardhatChain, newRules } from "../../emulator/adapters/hardhat/chain.ts";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";
import { deploying, program } from "../support/programs.ts";
import type { RpcFailure } from "./world.ts";

const SELECTOR = { error: "08c379a0", panic: "4e487b71", custom: "e450d38c" };
const word = (value: number) => value.toString(16).padStart(64, "0");

/** Init code that reverts with this data: it is also what a call may fail with, having no code to call. */
function reverting(data: string): string {
  const size = (data.length / 2).toString(16).padStart(4, "0");
  return `0x61${size}80600a3d393dfd${data}`;
}

const PROGRAMS: Readonly<Record<string, string>> = {
  "a reason": reverting(`${SELECTOR.error}${word(32)}${word(5)}${Buffer.from("hello").toString("hex").padEnd(64, "0")}`),
  "an empty reason": reverting(`${SELECTOR.error}${word(32)}${word(0)}`),
  "a panic": reverting(`${SELECTOR.panic}${word(0x11)}`),
  "an assertion": reverting(`${SELECTOR.panic}${word(1)}`),
  "an unknown panic": reverting(`${SELECTOR.panic}${word(0x99)}`),
  "a custom error": reverting(`${SELECTOR.custom}${word(1)}${word(2)}${word(3)}`),
  "four bytes": reverting("deadbeef"),
  "two bytes": reverting("0102"),
  nothing: program("0 0 REVERT"),
  "an invalid opcode": "0xfe",
  "an undefined opcode": "0x0c",
  "an empty stack": "0x50",
  "a jump to nowhere": program("255 JUMP"),
  "return data that is not there": program("1 0 0 RETURNDATACOPY"),
  "no gas": "0x5b600056",
  "memory beyond its limit": program("1 0xffffffff MSTORE"),
  "memory beyond its gas": program("1 0x00ffffff MSTORE"),
  "memory beyond sense": program("1 0xffffffffffffffffffff MSTORE"),
  "code that is too large": program("25000 0 RETURN"),
  "code that begins with EF": program("239 0 MSTORE8 1 0 RETURN"),
  "no gas for its code": program("20000 0 RETURN"),
};

type Ask = (method: string, params: readonly unknown[]) => Promise<unknown>;

let hardhat: Ask;
let ours: Ask;
beforeAll(async () => {
  const chain = await HardhatChain.create({ chainId: 31337, genesis: new Date(), rules: newRules(), root: PACKAGE_ROOT });
  ours = (method, params) => chain.request(method, params);
  const hre = await createHardhatRuntimeEnvironment(
    { networks: { plain: { type: "edr-simulated", hardfork: newRules().hardfork } } },
    {},
    PACKAGE_ROOT,
  );
  const { provider } = await hre.network.create("plain");
  hardhat = (method, params) => provider.request({ method, params });
});

/** The error as a JSON-RPC server gives it. */
async function refusalBy(ask: Ask, method: string, params: readonly unknown[]): Promise<RpcFailure> {
  const failure = await ask(method, params).then(
    () => null,
    (error) => error,
  );
  const { code, message, data } = failure as RpcFailure;
  // Of a parameter it says where in its own JSON it stood, and repeats the request.
  if (code === -32602) return { code, message: message.replace(/ at line \d+ column \d+$/, "") };
  return { code, message, ...(data === undefined || data === null ? {} : { data }) };
}

describe.each(["eth_call", "eth_estimateGas"])("%s", (method) => {
  it.each(Object.keys(PROGRAMS))("%s", async (name) => {
    const gas = name === "code that is too large" ? "0x7a1200" : "0x1e8480";
    const call = { from: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", data: PROGRAMS[name], gas };
    expect(await refusalBy(ours, method, [call, "latest"])).toEqual(await refusalBy(hardhat, method, [call, "latest"]));
  });

  it("what is not run at all", async () => {
    const from = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    const calls: object[] = [
      { from, gas: "0x100" },
      { from, data: "0x", gas: "0x5208" },
      { from, to: "0x12" },
      { from, data: "zebra" },
    ];
    calls.push(
      { from, to: from, gas: "0x5207" },
      { from, data: `0x${"5b".repeat(50_000)}` },
      { from, to: `0x${"0".repeat(39)}8`, data: "0x01" },
    );
    for (const call of calls) {
      expect(await refusalBy(ours, method, [call, "latest"])).toEqual(await refusalBy(hardhat, method, [call, "latest"]));
    }
  });
});

it("what succeeds is answered as `hardhat node` does", async () => {
  const from = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
  const code = deploying(`0x${"00".repeat(9000)}`);
  const calls = [
    { from, to: from },
    { from, data: code },
    { from, data: program("42 0 MSTORE 32 0 RETURN") },
    { from, to: from, value: "0x1" },
  ];
  for (const call of calls) {
    for (const method of ["eth_call", "eth_estimateGas"]) {
      expect(await ours(method, [call, "latest"])).toBe(await hardhat(method, [call, "latest"]));
    }
  }
  expect(await ours("eth_call", [{ from, to: from }])).toBe("0x");
});
