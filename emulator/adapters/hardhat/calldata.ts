import type { ParamType } from "ethers/abi";
import type { Hex } from "../../ports/chain.ts";
import { type ContractName, INTERFACES } from "./contracts.ts";

/** A method as it is called: its selector and the types of its arguments. */
interface Shape {
  readonly selector: Hex;
  readonly inputs: readonly ParamType[];
}

const WORD = 32;
const shapes: Record<ContractName, Map<string, Shape>> = { token: new Map(), badge: new Map() };

/**
 * Calldata of a method of one of our contracts, about twenty times faster than through ethers' ABI coder. Throws a RangeError for an
 * argument that its type cannot hold.
 */
export function encode(contract: ContractName, method: string, args: readonly unknown[]): Hex {
  const { selector, inputs } = shapeOf(contract, method);
  return selector + encodeArguments(inputs, args, method);
}

/** The arguments of a method or constructor, in hexadecimal without 0x: a word each, and texts behind them. */
export function encodeArguments(inputs: readonly ParamType[], args: readonly unknown[], method: string): string {
  if (args.length !== inputs.length) throw new RangeError(`${method} takes ${inputs.length} arguments, not ${args.length}`);
  const tails: string[] = [];
  let offset = inputs.length * WORD;
  const heads = inputs.map(({ type, name }, index) => {
    const value = args[index];
    const refuse = () => new RangeError(`${method}: ${name} is not a ${type}: ${value}`);
    if (type !== "string") return wordOf(type, value) ?? raise(refuse());
    if (typeof value !== "string") throw refuse();
    const tail = textOf(value);
    const at = offset;
    tails.push(tail);
    offset += tail.length / 2;
    return number(BigInt(at));
  });
  return heads.join("") + tails.join("");
}

/** One value in 32 bytes; null if the type does not hold it. */
function wordOf(type: string, value: unknown): string | null {
  const [, kind, digits] = /^(address|bytes|uint)(\d*)$/.exec(type) ?? [];
  if (kind === "uint") {
    const isWhole = typeof value === "bigint" || Number.isSafeInteger(value);
    const units = isWhole ? BigInt(value as bigint | number) : -1n;
    return units >= 0n && units < 1n << BigInt(digits as string) ? number(units) : null;
  }
  const size = kind === "address" ? 20 : Number(digits || Number.NaN);
  if (typeof value !== "string" || value.length !== 2 + size * 2 || !/^0x[0-9a-fA-F]*$/.test(value)) return null;
  const hex = value.slice(2).toLowerCase();
  return kind === "address" ? hex.padStart(WORD * 2, "0") : hex.padEnd(WORD * 2, "0");
}

/** A text in UTF-8 behind its length; half of a surrogate pair becomes U+FFFD, the replacement character. */
function textOf(value: string): string {
  const bytes = Buffer.from(value, "utf8");
  const words = Math.ceil(bytes.length / WORD);
  return number(BigInt(bytes.length)) + bytes.toString("hex").padEnd(words * WORD * 2, "0");
}

function number(value: bigint): string {
  return value.toString(16).padStart(WORD * 2, "0");
}

function shapeOf(contract: ContractName, method: string): Shape {
  const known = shapes[contract].get(method);
  if (known) return known;
  const fragment = INTERFACES[contract].getFunction(method);
  if (!fragment) throw new RangeError(`${contract} has no method ${method}`);
  const shape = { selector: fragment.selector, inputs: fragment.inputs };
  shapes[contract].set(method, shape);
  return shape;
}

function raise(error: Error): never {
  throw error;
}
