import { ChainRefusal, ChainUnavailable } from "../../ports/chain.ts";
import { headOf, type Provider, quantity } from "./network.ts";
import { FREE_GAS, type Runs } from "./runs.ts";
import { type Budget, SimulatedBlock } from "./simulated-block.ts";
import { readSimulation, SIMULATE, type SimulationInput, tooMuch } from "./simulated-input.ts";

/** Blocks of one simulation, those that fill a gap between numbers included: as many as BLOCKHASH reaches back. */
const BLOCKS = 256;

/** No call begins after so many milliseconds of the processor: nobody else reads the chain meanwhile. */
const CPU_MS = 600;

/**
 * eth_simulateV1 (execution-apis): real blocks, mined on the chain and taken back. All calls of a simulation together have the gas of one
 * eth_call. Nobody else may use the chain meanwhile. Throws ChainUnavailable when the chain did not go back.
 */
export class Simulation {
  readonly #provider: Provider;
  readonly #runs: Runs;
  readonly #callGas: number;

  constructor(provider: Provider, runs: Runs, callGas: number) {
    this.#provider = provider;
    this.#runs = runs;
    this.#callGas = callGas;
  }

  async of([payload, block]: readonly unknown[]): Promise<readonly object[]> {
    const input = readSimulation(payload);
    const isPending = await this.#startsPending(block ?? "latest");
    const mark = await this.#ask("evm_snapshot");
    const budget: Budget = { gas: Math.max(this.#callGas, FREE_GAS), began: process.cpuUsage(), most: CPU_MS, senders: new Set() };
    try {
      if (isPending) await this.#mineAfter(0);
      else await this.#dropWaiting();
      return await this.#make(input, budget);
    } finally {
      await this.#goBack(mark, budget);
    }
  }

  async #make(input: SimulationInput, budget: Budget): Promise<object[]> {
    const made: object[] = [];
    for (const [index, block] of input.blocks.entries()) {
      const head = await headOf(this.#provider);
      const number = block.overrides.number ?? head.number + 1;
      if (number <= head.number) {
        throw new ChainRefusal(SIMULATE.numbersInOrder, `Block numbers must increase: ${number} comes after ${head.number}.`);
      }
      const isTooMany = made.length + number - head.number + (input.blocks.length - index - 1) > BLOCKS;
      if (isTooMany) throw tooMuch(`at most ${BLOCKS} blocks, those between given numbers included`);
      for (let at = head.number + 1; at < number; at++) made.push(await this.#emptyBlock(input.returnFullTransactions));
      made.push(await new SimulatedBlock(this.#provider, this.#runs, input, budget).make(block));
    }
    return made;
  }

  async #goBack(mark: unknown, { senders }: Budget): Promise<void> {
    for (const sender of senders) await this.#ask("hardhat_stopImpersonatingAccount", sender);
    const isBack = await this.#ask("evm_revert", mark).catch(() => false);
    if (isBack !== true) throw new ChainUnavailable("the chain did not go back after a simulation");
  }

  async #emptyBlock(isFull: boolean): Promise<object> {
    await this.#mineAfter(1);
    return { ...((await this.#ask("eth_getBlockByNumber", "latest", isFull)) as object), calls: [] };
  }

  async #mineAfter(seconds: number): Promise<void> {
    await this.#ask("evm_mine", quantity((await headOf(this.#provider)).timestamp + seconds));
  }

  /** What waits is in none of the blocks; it comes back with the revert. */
  async #dropWaiting(): Promise<void> {
    const waiting = (await this.#ask("eth_pendingTransactions")) as { hash: string }[];
    // The last nonce first: the others would be left with a gap.
    for (const { hash } of waiting.toReversed()) await this.#ask("hardhat_dropTransaction", hash);
  }

  /** Whether it follows the waiting transactions, or the last block. Throws ChainRefusal for any other beginning. */
  async #startsPending(block: unknown): Promise<boolean> {
    if (block === "pending") return true;
    if (["latest", "safe", "finalized"].includes(block as string)) return false;
    const { blockHash, blockNumber } = (block ?? {}) as { blockHash?: unknown; blockNumber?: unknown };
    const name = blockHash ?? blockNumber ?? block;
    const { number, hash } = await headOf(this.#provider);
    if (name === hash || (typeof name === "string" && /^0x[0-9a-f]{1,16}$/i.test(name) && Number(name) === number)) return false;
    throw new ChainRefusal(
      -32000,
      "A simulation begins at the last block here: name it latest, or pending for what waits to be mined as well.",
    );
  }

  #ask(method: string, ...params: readonly unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }
}
