import { ChainRefusal, type Hex } from "../../ports/chain.ts";
import type { CallObject } from "./runs.ts";

/** What a request of eth_simulateV1 may hold. */
const MOST = { blocks: 256, calls: 1000, overrides: 1000, number: 2 ** 48 };

/** Codes of execution-apis for eth_simulateV1. */
export const SIMULATE = {
  nonceTooLow: -38010,
  nonceTooHigh: -38011,
  baseFeeTooLow: -38012,
  intrinsicGas: -38013,
  insufficientFunds: -38014,
  blockGasLimit: -38015,
  numbersInOrder: -38020,
  timesInOrder: -38021,
  initCode: -38025,
  limit: -38026,
  vmError: -32015,
} as const;

export interface AccountOverride {
  readonly address: Hex;
  readonly nonce?: Hex;
  readonly balance?: Hex;
  readonly code?: Hex;
  /** All of the storage. */
  readonly state?: Readonly<Record<Hex, Hex>>;
  /** Some of it. */
  readonly stateDiff?: Readonly<Record<Hex, Hex>>;
}

export interface BlockOverrides {
  readonly number?: number;
  readonly time?: number;
  readonly gasLimit?: Hex;
  readonly feeRecipient?: Hex;
  readonly prevRandao?: Hex;
  readonly baseFeePerGas?: Hex;
}

export interface BlockInput {
  readonly overrides: BlockOverrides;
  readonly accounts: readonly AccountOverride[];
  readonly calls: readonly CallObject[];
}

export interface SimulationInput {
  readonly blocks: readonly BlockInput[];
  readonly traceTransfers: boolean;
  readonly validation: boolean;
  readonly returnFullTransactions: boolean;
}

/** The payload of eth_simulateV1. Throws ChainRefusal for another form, for too much, and for what cannot be simulated here. */
export function readSimulation(payload: unknown): SimulationInput {
  const { blockStateCalls, ...flags } = asObject(payload, "The first parameter", ["blockStateCalls", ...FLAGS]);
  const blocks = asArray(blockStateCalls, "blockStateCalls").map(readBlock);
  if (blocks.length === 0) throw invalid("blockStateCalls is empty.");
  if (blocks.length > MOST.blocks) throw tooMuch(`at most ${MOST.blocks} blocks`);
  if (sum(blocks, ({ calls }) => calls.length) > MOST.calls) throw tooMuch(`at most ${MOST.calls} calls`);
  const slots = ({ state, stateDiff }: AccountOverride) => 1 + Object.keys(state ?? stateDiff ?? {}).length;
  if (sum(blocks, ({ accounts }) => sum(accounts, slots)) > MOST.overrides)
    throw tooMuch(`at most ${MOST.overrides} overridden accounts and slots`);
  const [traceTransfers, validation, returnFullTransactions] = FLAGS.map((name) => asFlag(flags[name], name)) as [
    boolean,
    boolean,
    boolean,
  ];
  return { blocks, traceTransfers, validation, returnFullTransactions };
}

const FLAGS = ["traceTransfers", "validation", "returnFullTransactions"] as const;

function readBlock(block: unknown): BlockInput {
  const {
    blockOverrides = {},
    stateOverrides = {},
    calls = [],
  } = asObject(block, "A block", ["blockOverrides", "stateOverrides", "calls"]);
  const given = asObject(blockOverrides ?? {}, "blockOverrides", [...Object.keys(QUANTITIES), "feeRecipient", "prevRandao", "withdrawals"]);
  if (Array.isArray(given.withdrawals) && given.withdrawals.length > 0) throw unsupported("withdrawals");
  if (isGiven(given.blobBaseFee)) throw unsupported("blobBaseFee");
  const quantities = Object.keys(QUANTITIES).flatMap((name) =>
    isGiven(given[name]) ? [[name, asQuantity(given[name], name)] as const] : [],
  );
  const { number, time, gasLimit, baseFeePerGas } = Object.fromEntries(quantities);
  const accounts = Object.entries(asObject(stateOverrides ?? {}, "stateOverrides")).map(readAccount);
  return {
    overrides: {
      ...(number ? { number: asWhole(number, "number") } : {}),
      ...(time ? { time: asWhole(time, "time") } : {}),
      ...(gasLimit ? { gasLimit } : {}),
      ...(baseFeePerGas ? { baseFeePerGas } : {}),
      ...(isGiven(given.feeRecipient) ? { feeRecipient: asHex(given.feeRecipient, 20, "feeRecipient") } : {}),
      ...(isGiven(given.prevRandao) ? { prevRandao: asQuantity(given.prevRandao, "prevRandao") } : {}),
    },
    accounts,
    calls: asArray(calls ?? [], "calls").map((call) => readCall(asObject(call, "A call"))),
  };
}

const QUANTITIES = { number: 0, time: 0, gasLimit: 0, baseFeePerGas: 0, blobBaseFee: 0 };

function readAccount([address, override]: [string, unknown]): AccountOverride {
  const known = ["nonce", "balance", "code", "state", "stateDiff", "movePrecompileToAddress"];
  const { nonce, balance, code, state, stateDiff, movePrecompileToAddress } = asObject(override, "An account's override", known);
  if (isGiven(movePrecompileToAddress)) throw unsupported("movePrecompileToAddress");
  if (isGiven(state) && isGiven(stateDiff)) throw invalid("state and stateDiff exclude each other.");
  return {
    address: asHex(address, 20, "An overridden account"),
    ...(isGiven(nonce) ? { nonce: asQuantity(nonce, "nonce") } : {}),
    ...(isGiven(balance) ? { balance: asQuantity(balance, "balance") } : {}),
    ...(isGiven(code) ? { code: asHex(code, null, "code") } : {}),
    ...(isGiven(state) ? { state: asStorage(state, "state") } : {}),
    ...(isGiven(stateDiff) ? { stateDiff: asStorage(stateDiff, "stateDiff") } : {}),
  };
}

/** The data under one name, and no member that is null. */
function readCall(call: Readonly<Record<string, unknown>>): CallObject {
  const { input, data, ...rest } = call;
  if (isGiven(input) && isGiven(data) && input !== data) throw invalid("data and input differ; send one of them.");
  if (isGiven(rest.blobVersionedHashes)) throw invalid("blobVersionedHashes: blob transactions are not simulated here.");
  const given = Object.entries({ ...rest, data: input ?? data }).filter(([, value]) => isGiven(value));
  return Object.fromEntries(given);
}

function asStorage(value: unknown, name: string): Record<Hex, Hex> {
  const slots = Object.entries(asObject(value, name));
  return Object.fromEntries(slots.map(([slot, word]) => [asHex(slot, 32, `A slot of ${name}`), asHex(word, 32, `A word of ${name}`)]));
}

function asObject(value: unknown, name: string, known: readonly string[] | null = null): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(`${name} is an object.`);
  const unknown = known && Object.keys(value).find((member) => !known.includes(member));
  if (unknown) throw invalid(`${name} has no member ${JSON.stringify(unknown).slice(0, 100)}; it may have ${known.join(", ")}.`);
  return value as Readonly<Record<string, unknown>>;
}

function asArray(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(`${name} is an array.`);
  return value;
}

function asFlag(value: unknown, name: string): boolean {
  if (isGiven(value) && typeof value !== "boolean") throw invalid(`${name} is true or false.`);
  return value === true;
}

function asWhole(quantity: Hex, name: string): number {
  if (Number(quantity) > MOST.number) throw invalid(`${name} is at most ${MOST.number}.`);
  return Number(quantity);
}

/** Without leading zeros. */
function asQuantity(value: unknown, name: string): Hex {
  if (typeof value !== "string" || !/^0x[0-9a-f]{1,64}$/i.test(value)) throw invalid(`${name} is a quantity such as 0x10.`);
  return `0x${BigInt(value).toString(16)}`;
}

function asHex(value: unknown, bytes: number | null, name: string): Hex {
  const isRight = typeof value === "string" && /^0x([0-9a-f]{2})*$/i.test(value) && (bytes === null || value.length === 2 + 2 * bytes);
  if (!isRight) throw invalid(`${name} is 0x-prefixed hexadecimal${bytes === null ? "" : ` of ${bytes} bytes`}.`);
  return value;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((all, value) => all + of(value), 0);
}

function invalid(message: string): ChainRefusal {
  return new ChainRefusal(-32602, message);
}

function unsupported(member: string): ChainRefusal {
  return invalid(`${member} cannot be overridden here; leave it out.`);
}

export function tooMuch(what: string): ChainRefusal {
  return new ChainRefusal(SIMULATE.limit, `A simulation here has ${what}; simulate less at once.`);
}
