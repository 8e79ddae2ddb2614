import { CALL_GAS } from "../../model/chain-limits.ts";
import { ChainRefusal, type Hex } from "../../ports/chain.ts";
import { accessListOf } from "./access-list.ts";
import { type ContractName, isRead } from "./contracts.ts";
import { isOutOfGas, type Run, refusalOfRun } from "./failures.ts";
import { type Provider, quantity } from "./network.ts";
import { type CallObject, type Reach, Runs, tooLong } from "./runs.ts";
import { Simulation } from "./simulation.ts";
import { Traces } from "./traces.ts";

/** What programs of others may take, in gas (model/chain-limits.ts). */
export interface GasLimits {
  readonly callGas: number;
  readonly traceGas: number;
  /** The most of one transaction (EIP-7825), and so of a call. */
  readonly txGasCap: number;
}

/** State overrides go to the node itself, which builds a stack trace for a failure: with this much gas at most, where `callGas` is its default. */
const OVERRIDDEN_GAS = 125_000;

/** The node's own estimate may repeat a call twenty times: for what uses no more gas than this. */
const REPEATED_GAS = 250_000;

/** JSON-RPC's methods that run programs, each within bounds; everything else is the node's. */
export class EvmMethods {
  readonly #provider: Provider;
  readonly #contracts: ReadonlyMap<string, ContractName>;
  readonly #runs: Runs;
  readonly #traces: Traces;
  readonly #simulation: Simulation;
  readonly #most: number;
  readonly #overriddenGas: number;

  /** `contracts`: ours, by address in lower case. */
  constructor(provider: Provider, contracts: ReadonlyMap<string, ContractName>, { callGas, traceGas, txGasCap }: GasLimits) {
    this.#provider = provider;
    this.#contracts = contracts;
    this.#runs = new Runs(provider, callGas);
    this.#traces = new Traces(provider, this.#runs, traceGas);
    this.#simulation = new Simulation(provider, this.#runs, callGas);
    this.#most = txGasCap;
    this.#overriddenGas = Math.round((OVERRIDDEN_GAS * Math.max(callGas, CALL_GAS)) / CALL_GAS);
  }

  request(method: string, params: readonly unknown[]): Promise<unknown> {
    if (method === "eth_call") return this.#call(params);
    if (method === "eth_estimateGas") return this.#estimate(params);
    if (method === "eth_createAccessList") return this.#accessList(params);
    if (method === "eth_simulateV1") return this.#simulation.of(params);
    if (method === "debug_traceCall") {
      const call = params[0] as CallObject;
      return this.#traces.call(params, Math.min(gasOf(call, this.#most), this.#runs.most(call)));
    }
    if (method === "debug_traceTransaction") return this.#traces.transaction(params);
    return this.#provider.request({ method, params });
  }

  /**
   * What a transaction will make the node remember, in steps. Throws ChainRefusal for one of too much gas, or that would keep the chain busy
   * for too long. `waiting`: the same of what waits to be mined with it.
   */
  async admit(tx: CallObject, gas: number, waiting: number): Promise<number> {
    if (gas > this.#most) throw new ChainRefusal(-32000, `A transaction has at most ${this.#most} gas (EIP-7825); this one has ${gas}.`);
    const { from, to, data, input, value, accessList, authorizationList, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = tx;
    const fees = { gasPrice, maxFeePerGas, maxPriorityFeePerGas };
    const call = { from, to, data: data ?? input, value, accessList, authorizationList, ...fees };
    const given = Object.fromEntries(Object.entries(call).filter(([, each]) => isSet(each)));
    // In the block that it will be mined in: a program can tell one from another.
    const reach = await this.#runs.reach(given, "pending", gas);
    if (reach.stopped || reach.gas < gas) throw tooLong(reach);
    if (waiting > 0 && this.#runs.isTooMuch(waiting + reach.work)) {
      throw new ChainRefusal(
        -32000,
        "The transactions that wait have too much to do for one block; mine it (evm_mine), then send this one.",
      );
    }
    return reach.work;
  }

  async #call([call, block = "latest", overrides, ...rest]: readonly unknown[]): Promise<Hex> {
    const tx = call as CallObject;
    const gas = gasOf(tx, this.#most);
    if (isGiven(overrides)) return this.#callOverridden(tx, gas, [block, overrides, ...rest]);
    const reach = await this.#reachOf(tx, block, gas);
    // A program that fails for want of gas may do it in its own words.
    const isAnswer = reach.run !== null && (reach.stopped || reach.run.error === null);
    const run = isAnswer && reach.run ? reach.run : await this.#runs.run(tx, block, reach.gas);
    if (run.error !== null) throw refusalOf(run, reach.gas, gas);
    return run.output;
  }

  /** What our contracts read needs no trying: `tokenURI` alone takes three hundred thousand gas. Nothing else gets more than `callGas`. */
  async #reachOf(tx: CallObject, block: unknown, gas: number): Promise<Reach> {
    if (this.#isRead(tx)) return { gas, stopped: false, run: null, tried: 0, work: 0 };
    return await this.#runs.reach(tx, block, Math.min(gas, this.#runs.most(tx)), ({ error }) => error === null);
  }

  async #callOverridden(tx: CallObject, gas: number, rest: readonly unknown[]): Promise<Hex> {
    const given = Math.min(gas, this.#overriddenGas);
    try {
      const params = [{ ...tx, gas: quantity(given) }, ...rest];
      return (await this.#provider.request({ method: "eth_call", params })) as Hex;
    } catch (cause) {
      const { code, message, data } = cause as { code?: number; message: string; data?: unknown };
      if (given === gas || code === undefined || !/out of gas/i.test(message)) throw cause;
      throw stoppedAt(given, new ChainRefusal(code, message, data));
    }
  }

  async #accessList([call, block = "latest"]: readonly unknown[]): Promise<{ accessList: unknown; gasUsed: Hex; error?: string }> {
    const tx = call as CallObject;
    const gas = gasOf(tx, this.#most);
    const reach = await this.#runs.reach(tx, block, Math.min(gas, this.#runs.most(tx)), ({ error }) => error === null);
    // What succeeded with less is not tried with more.
    const enough = reach.stopped || reach.run?.error === null ? reach.tried : reach.gas;
    const { list, run } = await accessListOf(this.#provider, this.#runs, tx, block, enough);
    const why = isOutOfGas(run) && enough < gas ? `out of gas ${stopAt(enough)}` : run.error;
    return { accessList: list, gasUsed: quantity(run.gasUsed), ...(why === null ? {} : { error: why }) };
  }

  #isRead({ to, data, input }: CallObject): boolean {
    const contract = this.#contracts.get(String(to).toLowerCase());
    return contract !== undefined && [data ?? input, input ?? data].every((each) => isRead(contract, each));
  }

  async #estimate([call, block = "pending", ...rest]: readonly unknown[]): Promise<Hex> {
    const tx = call as CallObject;
    const gas = gasOf(tx, this.#most);
    const reach = await this.#runs.reach(tx, block, gas);
    const run = reach.stopped && reach.run ? reach.run : await this.#runs.run(tx, block, reach.gas);
    if (run.error !== null || reach.stopped) throw refusalOf({ ...run, error: run.error ?? "out of gas" }, reach.gas, gas);
    // It acts by how much gas it has: what suffices is all that can be said.
    if (reach.gas < gas) return quantity(reach.gas);
    if (run.gasUsed > REPEATED_GAS) return quantity(await this.#search(tx, block, run.gasUsed, reach.gas));
    const params = [{ ...tx, gas: quantity(reach.gas) }, block, ...rest];
    return (await this.#provider.request({ method: "eth_estimateGas", params })) as Hex;
  }

  /** The least gas with which a call still succeeds, as near as the node's own estimate, or as a number of tries allows. */
  async #search(tx: CallObject, block: unknown, least: number, enough: number): Promise<number> {
    const suffices = async (gas: number) => (await this.#runs.run(tx, block, gas)).error === null;
    if (await suffices(least)) return least;
    let [low, high] = [least, enough];
    // Bounded by number, not by time: a wallet's gas is journaled, and seeded runs are equal.
    let tries = triesFor(least);
    for (let guess = 3 * low; high - low > nearness(low) && tries > 0; guess = high, tries -= 1) {
      const middle = Math.min(guess, low + Math.floor((high - low) / 2));
      if (await suffices(middle)) high = middle;
      else low = middle + 1;
    }
    return high;
  }
}

/** How often an estimate is tried: all together about as long as one call may take. */
function triesFor(gas: number): number {
  return Math.max(1, Math.min(20, Math.floor(SEARCHED_GAS / gas)));
}

const SEARCHED_GAS = 20_000_000;

/** How near an estimate of the node comes. */
function nearness(gas: number): number {
  return gas >= 4_000_000 ? 50_000 : gas >= 1_000_000 ? 10_000 : 1000;
}

/** The gas that a call may have. Throws ChainRefusal for what is no gas. */
function gasOf({ gas }: CallObject, most: number): number {
  if (gas === undefined || gas === null) return most;
  if (typeof gas !== "string" || !/^0x[0-9a-f]+$/i.test(gas)) throw new ChainRefusal(-32602, "gas is a quantity such as 0x5208.");
  return Math.min(Number(gas), most);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isGiven(overrides: unknown): boolean {
  return typeof overrides === "object" && overrides !== null && Object.keys(overrides).length > 0;
}

/** Out of gas that the sandbox did not give says where more is to be had. */
function refusalOf(run: Run, given: number, asked: number): ChainRefusal {
  const refusal = refusalOfRun(run);
  return given < asked && isOutOfGas(run) ? stoppedAt(given, refusal) : refusal;
}

function stoppedAt(gas: number, { code, message, data }: ChainRefusal): ChainRefusal {
  return new ChainRefusal(code, `${message} ${stopAt(gas)}`, data);
}

function stopAt(gas: number): string {
  return `(it was stopped after ${gas}; --call-gas allows more)`;
}
