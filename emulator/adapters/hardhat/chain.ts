// The parts by themselves: all of ethers takes twice as long to load.
import { getAddress, getCreate2Address, getCreateAddress } from "ethers/address";
import { keccak256 } from "ethers/crypto";
import { id } from "ethers/hash";
import { CALL_GAS, TRACE_GAS } from "../../model/chain-limits.ts";
import {
  type Address,
  type Block,
  type Chain,
  type ChainBadge,
  type ChainCall,
  type ChainIdentity,
  type ChainMark,
  type ChainRevert,
  type ChainRules,
  type ChainStep,
  ChainUnavailable,
  type ExternalTransaction,
  type GasLimit,
  type Hex,
  type NftTransfer,
  type SentAndMined,
  type StuckTransaction,
  type TransferLog,
} from "../../ports/chain.ts";
import { FUNDED_ACCOUNTS, SERVER_ACCOUNT } from "./accounts.ts";
import { badgeAt, nftTransfersIn } from "./badges.ts";
import { encode, encodeArguments } from "./calldata.ts";
import { BYTECODE, type ContractName, decodeRevert, INTERFACES, type RpcLog, TRANSFER_TOPIC, transferArgs } from "./contracts.ts";
import { EvmMethods, type GasLimits } from "./evm-methods.ts";
import { gasOf, leastGas } from "./gas.ts";
import { createNetwork, headOf, type NetworkOptions, type Provider, quantity } from "./network.ts";
import { type RpcReceipt, receiptCall } from "./receipts.ts";
import { refuseUnknownRules } from "./rules.ts";
import { signersOf } from "./signers.ts";
import { type Order, Transactions } from "./transactions.ts";

export { newRules } from "./rules.ts";

const METHOD_GAS = 1_000_000;
const DEPLOY_GAS = 10_000_000;
const SERVER = SERVER_ACCOUNT.address;

/** The server's first two transactions, on every chain. */
const TOKEN = getCreateAddress({ from: SERVER, nonce: 0 });
const BADGE = getCreateAddress({ from: SERVER, nonce: 1 });
const CONTRACTS: ReadonlyMap<string, ContractName> = new Map([
  [TOKEN.toLowerCase(), "token"],
  [BADGE.toLowerCase(), "badge"],
]);

/** What puts the contracts onto a chain, in order. `externalBase`: where `external_url` of the badges begins; empty for none. */
function deploymentOf(externalBase: string): Order[] {
  const grant = (role: string) => encode("token", "grantRole", [id(role), BADGE]);
  return [
    { to: null, data: codeOf("token", [SERVER]), gas: DEPLOY_GAS },
    { to: null, data: codeOf("badge", [SERVER, TOKEN, externalBase]), gas: DEPLOY_GAS },
    { to: TOKEN, data: grant("MINTER_ROLE"), gas: METHOD_GAS },
    { to: TOKEN, data: grant("RELEASER_ROLE"), gas: METHOD_GAS },
  ];
}

function codeOf(contract: ContractName, args: readonly unknown[]): Hex {
  return BYTECODE[contract] + encodeArguments(INTERFACES[contract].deploy.inputs, args, "constructor");
}

const EMPTY_CODE_HASH = keccak256("0x");

interface HardhatOptions extends NetworkOptions {
  /** As settings of the same name say (settings.ts). */
  readonly callGas?: number | undefined;
  readonly traceGas?: number | undefined;
}

/** A Hardhat chain (EDR) in this process, with automine off: it mines when told, at the timestamp it is told. */
export class HardhatChain implements Chain {
  readonly capabilities = { snapshot: true, clock: true };
  readonly identity: ChainIdentity;
  readonly rules: ChainRules;
  readonly #provider: Provider;
  readonly #evm: EvmMethods;
  readonly #transactions: Transactions;
  readonly #close: () => Promise<void>;

  private constructor({ chainId, rules }: NetworkOptions, provider: Provider, limits: GasLimits, close: () => Promise<void>) {
    this.rules = rules;
    this.identity = { chainId, token: TOKEN, badge: BADGE, server: SERVER, accounts: FUNDED_ACCOUNTS };
    this.#provider = provider;
    this.#evm = new EvmMethods(provider, CONTRACTS, limits);
    this.#transactions = new Transactions(provider, CONTRACTS, this.#evm);
    this.#close = close;
  }

  /** An empty chain. Throws DataUnsupported for rules that this release does not know. */
  static async create({ callGas = CALL_GAS, traceGas = TRACE_GAS, ...options }: HardhatOptions): Promise<HardhatChain> {
    refuseUnknownRules(options.rules);
    const { provider, close } = await createNetwork(options);
    return new HardhatChain(options, provider, { callGas, traceGas, txGasCap: options.rules.tx_gas_cap }, close);
  }

  async deploy(timestamp: number): Promise<ChainStep[]> {
    const { sent, step, block } = await this.#transactions.sendAndMine(deploymentOf(this.rules.external_base), timestamp);
    if (block.receipts.length !== sent.length || block.receipts.some((receipt) => receipt.failure)) {
      throw new ChainUnavailable("the contracts could not be deployed");
    }
    return [...sent, step];
  }

  async preflight(call: ChainCall): Promise<void> {
    const tx = {
      from: this.identity.server,
      to: this.identity[call.contract],
      data: encode(call.contract, call.method, call.args),
      gas: quantity(METHOD_GAS),
    };
    try {
      await this.#provider.request({ method: "eth_call", params: [tx, "latest"] });
    } catch (error) {
      throw revertOf(error);
    }
  }

  send(call: ChainCall, gas: GasLimit = METHOD_GAS): Promise<ChainStep & { hash: Hex }> {
    return this.#transactions.send(this.#order(call, gas));
  }

  sendExternal(tx: ExternalTransaction, mayWait = true): Promise<ChainStep & { hash: Hex }> {
    return "raw" in tx ? this.#transactions.sendRaw(tx.raw, mayWait) : this.#transactions.sendFor(tx.from, tx.request, mayWait);
  }

  stuck(): Promise<readonly StuckTransaction[]> {
    return this.#transactions.stuck();
  }

  mine(timestamp: number): Promise<{ step: ChainStep; block: Block }> {
    return this.#transactions.mine(timestamp);
  }

  sendAndMine(calls: readonly ChainCall[], timestamp: number, gas: GasLimit = METHOD_GAS): Promise<SentAndMined> {
    const orders = calls.map((call) => this.#order(call, gas));
    return this.#transactions.sendAndMine(orders, timestamp);
  }

  async replay(steps: readonly ChainStep[]): Promise<Hex | null> {
    await this.#transactions.replay(steps);
    return steps.some((step) => "mine" in step) ? (await this.head()).hash : null;
  }

  async mark(): Promise<ChainMark> {
    return (await this.request("evm_snapshot", [])) as string;
  }

  async revert(mark: ChainMark): Promise<void> {
    this.#transactions.forget();
    if ((await this.request("evm_revert", [mark])) !== true) throw new ChainUnavailable(`the chain did not go back to ${mark}`);
  }

  head(): Promise<{ number: number; timestamp: number; hash: Hex }> {
    return headOf(this.#provider);
  }

  async balanceOf(address: Address, block: number | "latest"): Promise<bigint> {
    return BigInt(await this.#view("token", encode("token", "balanceOf", [address]), block));
  }
  async totalSupply(block: number | "latest"): Promise<bigint> {
    return BigInt(await this.#view("token", encode("token", "totalSupply", []), block));
  }
  async badgesOf(address: Address, block: number | "latest"): Promise<number> {
    return Number(await this.#view("badge", encode("badge", "balanceOf", [address]), block));
  }

  badgeAt(tokenId: bigint, block: number | "latest"): Promise<ChainBadge | null> {
    return badgeAt((data) => this.#call("badge", data, block), tokenId);
  }

  async nftTransfers(hash: Hex, block: number): Promise<readonly NftTransfer[]> {
    const receipt = (await this.#provider.request(receiptCall(hash))) as RpcReceipt | null;
    return receipt && Number(receipt.blockNumber) <= block ? nftTransfersIn(receipt.logs) : [];
  }

  async tokenInfo(): Promise<{ name: string; symbol: string; decimals: number; cap: bigint }> {
    const read = async (method: string) => {
      const [value] = INTERFACES.token.decodeFunctionResult(method, await this.#view("token", encode("token", method, []), "latest"));
      return value;
    };
    return { name: await read("name"), symbol: await read("symbol"), decimals: Number(await read("decimals")), cap: await read("cap") };
  }

  async transfers(block: number | "latest"): Promise<readonly TransferLog[]> {
    const filter = { address: this.identity.token, topics: [TRANSFER_TOPIC], fromBlock: "0x0", toBlock: tag(block) };
    const logs = (await this.request("eth_getLogs", [filter])) as RpcLog[];
    return logs.map((log) => ({
      hash: log.transactionHash,
      index: Number(log.logIndex),
      block: Number(log.blockNumber),
      ...transferArgs(log),
    }));
  }

  idHash(text: string): Hex {
    return id(text);
  }
  walletOf(salt: Hex): Address {
    return getCreate2Address(this.identity.token, salt, EMPTY_CODE_HASH);
  }
  checksum(address: string): Address | null {
    // ethers would also take ICAP and what lacks its 0x.
    if (!/^0x[0-9a-fA-F]{40}$/.test(address)) return null;
    try {
      return getAddress(address);
    } catch {
      return null;
    }
  }

  signersOf(tx: ExternalTransaction): readonly Address[] | null {
    return signersOf(tx);
  }

  gasOf(call: ChainCall): number {
    return gasOf(call);
  }

  request(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#evm.request(method, params);
  }

  close(): Promise<void> {
    return this.#close();
  }

  #order(call: ChainCall, gas: GasLimit): Order {
    const data = encode(call.contract, call.method, call.args);
    return { to: this.identity[call.contract], data, gas: gas === "scarce" ? leastGas(data) : gas };
  }

  async #call(contract: ContractName, data: Hex, block: number | "latest"): Promise<Hex> {
    // Our contracts are known not to loop.
    const call = { to: this.identity[contract], data, gas: quantity(METHOD_GAS) };
    return (await this.#provider.request({ method: "eth_call", params: [call, tag(block)] })) as Hex;
  }

  async #view(contract: ContractName, data: Hex, block: number | "latest"): Promise<Hex> {
    try {
      return await this.#call(contract, data, block);
    } catch (cause) {
      throw new ChainUnavailable(`the ${contract} contract could not be read at block ${block}`, { cause });
    }
  }
}

function revertOf(error: unknown): ChainRevert {
  const { data, message } = error as { data?: unknown; message: string };
  return decodeRevert(data, message);
}

function tag(block: number | "latest"): Hex {
  return block === "latest" ? block : quantity(block);
}
