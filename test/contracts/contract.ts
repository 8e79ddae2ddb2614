/** A deployed contract as the suites use it: calls by name, answers as plain values, reverts decoded. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { Contract, Interface, LogDescription, TransactionReceipt } from "ethers";
import { expect } from "vitest";

/** `["Transfer", from, to, amount]`, the name prefixed when another contract raised it: `"GetsToken.Transfer"`. */
export type Decoded = readonly [name: string, ...args: unknown[]];

export interface Outcome {
  readonly events: Decoded[];
  readonly gasUsed: bigint;
}

export class Deployed {
  readonly name: string;
  readonly address: string;
  readonly interface: Interface;
  readonly #contract: Contract;
  readonly #peers: readonly Deployed[];

  /** `peers` are the contracts this one calls: their events and errors are decoded too. */
  constructor(name: string, contract: Contract, address: string, peers: readonly Deployed[] = []) {
    this.name = name;
    this.address = address;
    this.interface = contract.interface;
    this.#contract = contract;
    this.#peers = peers;
  }

  async read<T>(method: string, ...args: unknown[]): Promise<T> {
    return (await this.#contract.getFunction(method).staticCall(...args)) as T;
  }

  /** Sends a transaction and waits until it is mined. */
  async send(signer: HardhatEthersSigner, method: string, ...args: unknown[]): Promise<Outcome> {
    const connected = this.#contract.connect(signer) as Contract;
    const response = await connected.getFunction(method).send(...args);
    const receipt = (await response.wait()) as TransactionReceipt;
    return { events: receipt.logs.map((log) => this.#event(log)), gasUsed: receipt.gasUsed };
  }

  /** Expects that the transaction is mined and reverts with exactly this error. */
  async sendReverts(error: Decoded, signer: HardhatEthersSigner, method: string, ...args: unknown[]): Promise<void> {
    await expect(this.send(signer, method, ...args).catch((cause) => this.#revert(cause))).resolves.toEqual(error);
  }

  /** The same for a view. */
  async readReverts(error: Decoded, method: string, ...args: unknown[]): Promise<void> {
    await expect(this.read(method, ...args).catch((cause) => this.#revert(cause))).resolves.toEqual(error);
  }

  #event(log: { address: string; topics: readonly string[]; data: string }): Decoded {
    const emitter = [this, ...this.#peers].find((one) => one.address === log.address);
    const event: LogDescription | null | undefined = emitter?.interface.parseLog(log);
    if (!emitter || !event) throw new Error(`Unknown event of ${log.address}: ${log.topics[0]}`);
    return [emitter === this ? event.name : `${emitter.name}.${event.name}`, ...event.args];
  }

  /** Rethrows whatever is not a revert with an error of the contracts: a broken test must not look like a refusal. */
  #revert(cause: unknown): Decoded {
    const data = (cause as { data?: unknown }).data;
    if (typeof data !== "string") throw cause;
    for (const { interface: abi } of [this, ...this.#peers]) {
      const error = abi.parseError(data);
      if (error) return [error.name, ...error.args];
    }
    throw cause;
  }
}
