import { AbiCoder } from "ethers/abi";
import { ChainRefusal, type Hex } from "../../ports/chain.ts";

/** How a run ended, as the node's callTracer says it. */
export interface Run {
  readonly gasUsed: number;
  /** What it returned or reverted with. */
  readonly output: Hex;
  /** Why it failed, in the tracer's words; null when it did not. */
  readonly error: string | null;
  /** Bytes handed to calls, all together: the node copies them for each. */
  readonly callBytes: number;
}

/** Geth's code for a call that a contract refused; libraries decode `data` where they see it. */
const REVERTED = 3;
const FAILED = -32000;

const VM = "VM Exception while processing transaction:";

/** Solidity's, with the words of `hardhat node`. */
const PANICS: Readonly<Record<string, string>> = {
  "0x1": "Assertion error",
  "0x11": "Arithmetic operation overflowed outside of an unchecked block",
  "0x12": "Division or modulo division by zero",
  "0x21": "Tried to convert a value into an enum, but the value was too big or negative",
  "0x22": "Incorrectly encoded storage byte array",
  "0x31": ".pop() was called on an empty array",
  "0x32": "Array accessed at an out-of-bounds or negative index",
  "0x41": "Too much memory was allocated, or an array was created that is too large",
  "0x51": "Called a zero-initialized variable of internal function type",
};

const OUT_OF_GAS: readonly (readonly [RegExp, string])[] = [
  [/memory limit/, "MemoryLimit"],
  [/out of memory/, "Memory"],
  [/invalid operand/, "InvalidOperand"],
];

export function isOutOfGas({ error }: Pick<Run, "error">): boolean {
  return error?.startsWith("out of gas") ?? false;
}

/**
 * The answer for a failed run: code, message and data as `hardhat node` gives them for a contract that it does not know. Made from what
 * the run returned: the node itself would build a stack trace for it, out of everything that was done.
 */
export function refusalOfRun(run: Run): ChainRefusal {
  if (isOutOfGas(run)) {
    const [, kind] = OUT_OF_GAS.find(([words]) => words.test(run.error ?? "")) ?? [null, "Basic"];
    const data = { reason: { OutOfGas: kind }, data: "0x", transactionHash: null };
    return new ChainRefusal(FAILED, "Transaction ran out of gas", data);
  }
  return new ChainRefusal(REVERTED, messageOf(run), run.error === "execution reverted" ? run.output : "0x");
}

function messageOf({ error, output }: Run): string {
  if (error?.startsWith("invalid opcode")) return `${VM} invalid opcode`;
  if (error === "CreateContractSizeLimit") return "Transaction reverted: trying to deploy a contract whose code is too large";
  if (error === "CreateContractStartingWithEF") return `${VM} reverted with an unrecognized custom error (return data: 0xef)`;
  if (error !== "execution reverted" || output === "0x") return "Transaction reverted without a reason string";
  const reason = reasonOf(output);
  if (reason !== null) return `${VM} reverted with reason string '${reason}'`;
  const panic = decoded("0x4e487b71", "uint256", output);
  if (panic === null) return `${VM} reverted with an unrecognized custom error (return data: ${output})`;
  const code = `0x${(panic as bigint).toString(16)}`;
  return PANICS[code] ? `${VM} reverted with panic code ${code} (${PANICS[code]})` : `${VM} reverted with unknown panic code ${code}`;
}

/** The reason with which Solidity's `revert` and `require` fail; null when the data is not that. */
export function reasonOf(output: Hex): string | null {
  return decoded("0x08c379a0", "string", output) as string | null;
}

/** The argument of one of Solidity's own errors; null when the data is not that. */
function decoded(selector: string, type: string, output: Hex): unknown {
  if (!output.startsWith(selector)) return null;
  try {
    return AbiCoder.defaultAbiCoder().decode([type], `0x${output.slice(selector.length)}`)[0];
  } catch {
    return null;
  }
}
