import { ChainRefusal, type Hex } from "../../ports/chain.ts";
import type { Run } from "./failures.ts";
import { nextBaseFee } from "./fees.ts";
import { intrinsicGas } from "./intrinsic-gas.ts";
import { headOf, type Provider, quantity } from "./network.ts";
import type { CallObject, Runs } from "./runs.ts";
import { TX_GAS_CAP } from "./settings.ts";
import { type RpcBlock, resultOf } from "./simulated-call.ts";
import { type AccountOverride, type BlockInput, type BlockOverrides, SIMULATE, type SimulationInput, tooMuch } from "./simulated-input.ts";

/** What is left to the calls of a simulation, and on whose behalf they are sent. */
export interface Budget {
  /** Besides what each call costs before it runs. */
  gas: number;
  /** As of process.cpuUsage(), and the milliseconds that it may take from there. */
  readonly began: NodeJS.CpuUsage;
  readonly most: number;
  readonly senders: Set<string>;
}

/** A call that waits to be mined. */
export interface SimulatedCall {
  readonly hash: Hex;
  readonly run: Run;
  /** The gas where it was stopped, if it asked for more. */
  readonly stoppedAt: number | null;
}

const ZERO = `0x${"0".repeat(40)}`;

/** What a call is known by the node, besides its gas and fees. */
const MEMBERS = ["from", "to", "data", "value", "accessList", "authorizationList"] as const;

/** One block of a simulation: its overrides, its calls, and the block mined of them. */
export class SimulatedBlock {
  readonly #provider: Provider;
  readonly #runs: Runs;
  readonly #input: SimulationInput;
  readonly #budget: Budget;

  constructor(provider: Provider, runs: Runs, input: SimulationInput, budget: Budget) {
    this.#provider = provider;
    this.#runs = runs;
    this.#input = input;
    this.#budget = budget;
  }

  async make({ overrides, accounts, calls }: BlockInput): Promise<object> {
    const time = await this.#enter(overrides);
    for (const account of accounts) await this.#override(account);
    const { gasLimit } = (await this.#ask("eth_getBlockByNumber", "pending", false)) as { gasLimit: Hex };
    const baseFee = await nextBaseFee(this.#provider);
    const sent: SimulatedCall[] = [];
    let room = Number(overrides.gasLimit ?? gasLimit);
    for (const call of calls) {
      const next = await this.#send(call, room, baseFee);
      room -= next.run.gasUsed;
      sent.push(next);
    }
    await this.#ask("evm_mine", quantity(time));
    const { returnFullTransactions: isFull, traceTransfers } = this.#input;
    const block = (await this.#ask("eth_getBlockByNumber", "latest", isFull)) as RpcBlock;
    if (block.transactions.length > sent.length)
      throw new ChainRefusal(
        -32602,
        "A transaction that waits for its nonce would come into this block with the calls; simulate at latest.",
      );
    if (block.transactions.length < sent.length)
      throw new ChainRefusal(SIMULATE.blockGasLimit, "The block has no room for all of its calls.");
    const results: object[] = [];
    let logs = 0;
    for (const call of sent) {
      const result = await resultOf(this.#provider, call, { block, traceTransfers, firstLog: logs });
      logs += result.logs.length;
      results.push(result);
    }
    return { ...block, calls: results };
  }

  /** Sets what the block is to be; returns its time. */
  async #enter({ time: wanted, gasLimit, feeRecipient, prevRandao, baseFeePerGas }: BlockOverrides): Promise<number> {
    const { timestamp } = await headOf(this.#provider);
    const time = wanted ?? timestamp + 1;
    if (time <= timestamp) throw new ChainRefusal(SIMULATE.timesInOrder, `Block times must increase: ${time} comes after ${timestamp}.`);
    const baseFee = baseFeePerGas ?? (this.#input.validation ? null : "0x0");
    await this.#ask("evm_setNextBlockTimestamp", quantity(time));
    await this.#ask("hardhat_setCoinbase", feeRecipient ?? ZERO);
    await this.#ask("hardhat_setPrevRandao", word(prevRandao ?? "0x0"));
    if (gasLimit !== undefined) await this.#ask("evm_setBlockGasLimit", gasLimit);
    if (baseFee !== null) await this.#ask("hardhat_setNextBlockBaseFeePerGas", baseFee);
    return time;
  }

  async #override({ address, nonce, balance, code, state, stateDiff }: AccountOverride): Promise<void> {
    if (nonce !== undefined) await this.#ask("hardhat_setNonce", address, nonce);
    if (balance !== undefined) await this.#ask("hardhat_setBalance", address, balance);
    if (code !== undefined) await this.#ask("hardhat_setCode", address, code);
    if (state && (await this.#hasStorage(address))) {
      throw new ChainRefusal(-32602, `state would replace all storage of ${address}, which has some; name the slots in stateDiff instead.`);
    }
    for (const [slot, value] of Object.entries(state ?? stateDiff ?? {})) {
      await this.#ask("hardhat_setStorageAt", address, `0x${BigInt(slot).toString(16)}`, value);
    }
  }

  async #hasStorage(address: Hex): Promise<boolean> {
    const { storageHash } = (await this.#ask("eth_getProof", address, [], "latest")) as { storageHash: Hex };
    return storageHash !== EMPTY_TRIE;
  }

  /**
   * Tries a call in the block that is being made, as an eth_call is tried, and sends it with the gas that it was tried with: in the same
   * block it does the same again. Where it may see what the trial did not show, a base fee or what gas cost it, all its gas is counted.
   */
  async #send(given: CallObject, room: number, baseFee: bigint): Promise<SimulatedCall> {
    const budget = this.#budget;
    const { user, system } = process.cpuUsage(budget.began);
    if (user + system > 1000 * budget.most) throw tooMuch("less than a second");
    const call = { from: ZERO, ...Object.fromEntries(MEMBERS.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]))) };
    // Without validation a call that names no fee pays what the block asks for.
    const fees = feesOf(given, this.#input.validation ? 0n : baseFee);
    const intrinsic = intrinsicGas(call);
    this.#refuseGas(given, intrinsic, room);
    if (this.#input.validation) await this.#validate(given, call.from as string, fees, baseFee);
    const asked = Math.min(given.gas === undefined ? TX_GAS_CAP : Number(given.gas), room, TX_GAS_CAP);
    const gas = Math.min(asked, intrinsic + Math.max(0, budget.gas));
    const { run, limit } = await this.#try(call, gas).catch(asRefusal);
    const isFree = baseFee === 0n && Object.values(fees).every((fee) => BigInt(fee) === 0n);
    budget.gas -= Math.max(0, (isFree ? run.gasUsed : limit) - intrinsic);
    await this.#actAs(call.from as string);
    const sent = this.#ask("eth_sendTransaction", { ...call, ...fees, gas: quantity(limit) });
    const hash = (await sent.catch((error) => this.#refuse(error, call))) as Hex;
    return { hash, run, stoppedAt: limit < asked ? limit : null };
  }

  #refuseGas({ gas }: CallObject, intrinsic: number, room: number): void {
    if (gas === undefined) return;
    if (typeof gas !== "string" || !/^0x[0-9a-f]+$/i.test(gas)) throw new ChainRefusal(-32602, "gas is a quantity such as 0x5208.");
    if (Number(gas) < intrinsic)
      throw new ChainRefusal(SIMULATE.intrinsicGas, `The call costs ${intrinsic} gas before it runs; it has ${Number(gas)}.`);
    if (Number(gas) > room)
      throw new ChainRefusal(SIMULATE.blockGasLimit, `The block has ${room} gas left; the call asks for ${Number(gas)}.`);
  }

  async #validate({ nonce }: CallObject, from: string, fees: Fees, baseFee: bigint): Promise<void> {
    const most = BigInt(fees.maxFeePerGas ?? fees.gasPrice ?? 0);
    if (most < baseFee)
      throw new ChainRefusal(SIMULATE.baseFeeTooLow, `The call offers ${most} wei for a unit of gas; the base fee is ${baseFee}.`);
    if (nonce === undefined) return;
    const expected = Number(await this.#ask("eth_getTransactionCount", from, "pending"));
    if (Number(nonce) === expected) return;
    const code = Number(nonce) < expected ? SIMULATE.nonceTooLow : SIMULATE.nonceTooHigh;
    throw new ChainRefusal(code, `The next nonce of ${from} is ${expected}; the call has ${Number(nonce)}.`);
  }

  async #try(call: CallObject, gas: number): Promise<{ run: Run; limit: number }> {
    const { run, stopped, tried, gas: most } = await this.#runs.reach(call, "pending", gas, ({ error }) => error === null);
    if (run !== null && (stopped || run.error === null)) return { run, limit: tried };
    return { run: await this.#runs.run(call, "pending", most), limit: most };
  }

  /** The node counts the funds that a sender has before the block. */
  async #refuse(error: NodeError, call: CallObject): Promise<never> {
    const isShort = FUNDS.test(error.message);
    if (!isShort || BigInt((await this.#ask("eth_getBalance", call.from, "pending")) as Hex) === 0n) return asRefusal(error);
    const hint = "If an earlier call of this block is to fund it, put the call into the next block of blockStateCalls.";
    return asRefusal({ ...error, message: `${error.message} ${hint}` });
  }

  async #actAs(sender: string): Promise<void> {
    if (this.#budget.senders.has(sender)) return;
    await this.#ask("hardhat_impersonateAccount", sender);
    this.#budget.senders.add(sender);
  }

  #ask(method: string, ...params: readonly unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }
}

/** keccak256 of the empty trie: an account without storage. */
const EMPTY_TRIE = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

type Fees = Readonly<Record<string, Hex>>;

/** What a call offers. `otherwise`: wei for a unit of gas, what one offers that names no fee. */
function feesOf({ gasPrice, maxFeePerGas, maxPriorityFeePerGas }: CallObject, otherwise: bigint): Fees {
  if (gasPrice !== undefined) return { gasPrice: gasPrice as Hex };
  return {
    maxFeePerGas: (maxFeePerGas ?? `0x${otherwise.toString(16)}`) as Hex,
    maxPriorityFeePerGas: (maxPriorityFeePerGas ?? "0x0") as Hex,
  };
}

interface NodeError {
  readonly code?: number;
  readonly message: string;
}

/** The node's refusals of a transaction under the codes of a simulation. */
function asRefusal(error: NodeError): never {
  const [, code] = REFUSALS.find(([words]) => words.test(error.message)) ?? [];
  throw code === undefined ? error : new ChainRefusal(code, error.message.trim().split("\n")[0] as string);
}

const FUNDS = /enough funds/;
const REFUSALS: readonly (readonly [RegExp, number])[] = [
  [FUNDS, SIMULATE.insufficientFunds],
  [/init ?code/i, SIMULATE.initCode],
  [/exceeds block gas limit/, SIMULATE.blockGasLimit],
];

function word(value: Hex): Hex {
  return `0x${BigInt(value).toString(16).padStart(64, "0")}`;
}
