// The parts by themselves: all of ethers takes twice as long to load.
import { getAddress, getCreate2Address, getCreateAddress } from "ethers/address";
import { keccak256 } from "ethers/crypto";
import { id } from "ethers/hash";
import { Transaction } from "ethers/transaction";
import {
  type Address,
  type Block,
  type Chain,
  type ChainBadge,
  type ChainCall,
  type ChainIdentity,
  type ChainLog,
  type ChainMark,
  ChainRevert,
  type ChainStep,
  ChainUnavailable,
  type Hex,
  type NftTransfer,
  type Receipt,
  type ServerTransaction,
  type TransferLog,
} from "../../ports/chain.ts";
import { FUNDED_ACCOUNTS, SERVER_ACCOUNT } from "./accounts.ts";
import { badgeAt, nftTransfersIn } from "./badges.ts";
import { BYTECODE, decodeLog, decodeRevert, encodeCall, INTERFACES, type RpcLog, TRANSFER_TOPIC, transferArgs } from "./contracts.ts";
import { createNetwork, type NetworkOptions, type Provider } from "./network.ts";

const CALL_GAS = 1_000_000;
const DEPLOY_GAS = 10_000_000;
const SERVER = SERVER_ACCOUNT.address;

/** The server's first two transactions, on every chain. */
const TOKEN = getCreateAddress({ from: SERVER, nonce: 0 });
const BADGE = getCreateAddress({ from: SERVER, nonce: 1 });
const CONTRACTS: ReadonlyMap<string, ChainLog["contract"]> = new Map([
  [TOKEN.toLowerCase(), "token"],
  [BADGE.toLowerCase(), "badge"],
]);

/** What puts the contracts onto a chain, in order; encoded once for all. */
let deployment: readonly { readonly to: Address | null; readonly data: Hex; readonly gas: number }[] | undefined;

function deploymentOf(): NonNullable<typeof deployment> {
  const { token, badge } = INTERFACES;
  const grant = (role: string) => token.encodeFunctionData("grantRole", [id(role), BADGE]) as Hex;
  deployment ??= [
    { to: null, data: `${BYTECODE.token}${token.encodeDeploy([SERVER]).slice(2)}`, gas: DEPLOY_GAS },
    { to: null, data: `${BYTECODE.badge}${badge.encodeDeploy([SERVER, TOKEN]).slice(2)}`, gas: DEPLOY_GAS },
    { to: TOKEN, data: grant("MINTER_ROLE"), gas: CALL_GAS },
    { to: TOKEN, data: grant("RELEASER_ROLE"), gas: CALL_GAS },
  ];
  return deployment;
}

const EMPTY_CODE_HASH = keccak256("0x");

interface RpcReceipt {
  readonly transactionHash: Hex;
  readonly status: Hex;
  readonly from: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly gasUsed: Hex;
  readonly logs: readonly RpcLog[];
}

/** A Hardhat chain (EDR) in this process, with automine off: it mines when told, at the timestamp it is told. */
export class HardhatChain implements Chain {
  readonly capabilities = { snapshot: true, clock: true };
  readonly identity: ChainIdentity;
  readonly #provider: Provider;
  readonly #close: () => Promise<void>;
  /** Next nonce of the server wallet; null when it must be asked for. */
  #nonce: number | null = null;
  /** Hashes sent and not yet seen mined; null when they must be asked for. */
  #mempool: Set<Hex> | null = new Set();

  private constructor(chainId: number, provider: Provider, close: () => Promise<void>) {
    this.identity = { chainId, token: TOKEN, badge: BADGE, server: SERVER, accounts: FUNDED_ACCOUNTS };
    this.#provider = provider;
    this.#close = close;
  }

  static async create(options: NetworkOptions): Promise<HardhatChain> {
    const { provider, close } = await createNetwork(options);
    return new HardhatChain(options.chainId, provider, close);
  }

  async deploy(timestamp: number): Promise<ChainStep[]> {
    const steps: ChainStep[] = [];
    for (const { to, data, gas } of deploymentOf()) steps.push(await this.#sendAsServer(to, data, gas));
    const { step, block } = await this.mine(timestamp);
    if (block.receipts.length !== steps.length || block.receipts.some((receipt) => receipt.failure)) {
      throw new ChainUnavailable("the contracts could not be deployed");
    }
    return [...steps, step];
  }

  async preflight(call: ChainCall): Promise<void> {
    const tx = { from: this.identity.server, to: this.identity[call.contract], data: encodeCall(call), gas: quantity(CALL_GAS) };
    try {
      await this.request("eth_call", [tx, "latest"]);
    } catch (error) {
      throw revertOf(error);
    }
  }

  send(call: ChainCall, gas = CALL_GAS): Promise<ChainStep & { hash: Hex }> {
    return this.#sendAsServer(this.identity[call.contract], encodeCall(call), gas);
  }

  async sendExternal(tx: { raw: Hex } | { from: Address; request: Readonly<Record<string, unknown>> }): Promise<ChainStep & { hash: Hex }> {
    if ("raw" in tx) {
      const hash = (await this.request("eth_sendRawTransaction", [tx.raw])) as Hex;
      this.#mempool?.add(hash);
      return { raw: tx.raw, hash };
    }
    return await this.#sendFilled(await this.#fill(tx.from, tx.request));
  }

  async mine(timestamp: number): Promise<{ step: ChainStep; block: Block }> {
    const waiting = await this.#waiting();
    await this.request("evm_mine", [quantity(timestamp)]);
    const receipts: RpcReceipt[] = [];
    for (const hash of waiting) {
      const receipt = (await this.request("eth_getTransactionReceipt", [hash])) as RpcReceipt | null;
      if (!receipt) continue;
      receipts.push(receipt);
      waiting.delete(hash);
    }
    const first = receipts[0];
    const { number, hash } = first ? { number: Number(first.blockNumber), hash: first.blockHash } : await this.head();
    const block: Block = { number, hash, timestamp, receipts: await Promise.all(receipts.map((receipt) => this.#receipt(receipt))) };
    return { step: { mine: { timestamp, number, hash } }, block };
  }

  async replay(steps: readonly ChainStep[]): Promise<Hex | null> {
    let mined = false;
    for (const step of steps) {
      if ("mine" in step) {
        await this.request("evm_mine", [quantity(step.mine.timestamp)]);
        mined = true;
      } else if ("raw" in step) await this.request("eth_sendRawTransaction", [step.raw]);
      else await this.request("eth_sendTransaction", [rpcTransaction(step.tx)]);
    }
    this.#forget();
    return mined ? (await this.head()).hash : null;
  }

  async mark(): Promise<ChainMark> {
    return (await this.request("evm_snapshot", [])) as string;
  }

  async revert(mark: ChainMark): Promise<void> {
    this.#forget();
    if ((await this.request("evm_revert", [mark])) !== true) throw new ChainUnavailable(`the chain did not go back to ${mark}`);
  }

  async head(): Promise<{ number: number; timestamp: number; hash: Hex }> {
    const block = (await this.request("eth_getBlockByNumber", ["latest", false])) as { number: Hex; timestamp: Hex; hash: Hex };
    return { number: Number(block.number), timestamp: Number(block.timestamp), hash: block.hash };
  }

  async balanceOf(address: Address, block: number | "latest"): Promise<bigint> {
    return BigInt(await this.#view("token", `0x70a08231${address.slice(2).toLowerCase().padStart(64, "0")}`, block));
  }
  async totalSupply(block: number | "latest"): Promise<bigint> {
    return BigInt(await this.#view("token", "0x18160ddd", block));
  }
  async badgesOf(address: Address, block: number | "latest"): Promise<number> {
    return Number(await this.#view("badge", `0x70a08231${address.slice(2).toLowerCase().padStart(64, "0")}`, block));
  }

  badgeAt(tokenId: bigint, block: number | "latest"): Promise<ChainBadge | null> {
    return badgeAt((data) => this.#call("badge", data, block), tokenId);
  }

  async nftTransfers(hash: Hex, block: number): Promise<readonly NftTransfer[]> {
    const receipt = (await this.request("eth_getTransactionReceipt", [hash])) as RpcReceipt | null;
    return receipt && Number(receipt.blockNumber) <= block ? nftTransfersIn(receipt.logs) : [];
  }

  async tokenInfo(): Promise<{ name: string; symbol: string; decimals: number; cap: bigint }> {
    const read = async (method: string) => {
      const [value] = INTERFACES.token.decodeFunctionResult(
        method,
        await this.#view("token", INTERFACES.token.encodeFunctionData(method), "latest"),
      );
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

  senderOf(raw: Hex): Address | null {
    try {
      return Transaction.from(raw).from;
    } catch {
      return null;
    }
  }

  request(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #sendAsServer(to: Address | null, data: Hex, gas: number): Promise<ChainStep & { hash: Hex }> {
    const nonce = this.#nonce ?? (await this.#pendingNonce(this.identity.server));
    const step = await this.#sendFilled({ from: this.identity.server, ...(to ? { to } : {}), data, nonce, gas });
    this.#nonce = nonce + 1;
    return step;
  }

  async #sendFilled(tx: ServerTransaction): Promise<ChainStep & { hash: Hex }> {
    const hash = (await this.request("eth_sendTransaction", [rpcTransaction(tx)])) as Hex;
    this.#mempool?.add(hash);
    return { tx, hash };
  }

  /** Settles what a wallet left open, so that the journal can repeat the transaction exactly. */
  async #fill(from: Address, request: Readonly<Record<string, unknown>>): Promise<ServerTransaction> {
    const text = (name: string) => request[name] as Hex | undefined;
    const nonce = text("nonce") ? Number(text("nonce")) : await this.#pendingNonce(from);
    const gas = Number(text("gas") ?? (await this.request("eth_estimateGas", [request])));
    const data = text("data") ?? text("input") ?? "0x";
    const kept = ["to", "value", "maxFeePerGas", "maxPriorityFeePerGas", "gasPrice"].filter((name) => text(name) !== undefined);
    return { from, data, nonce, gas, ...Object.fromEntries(kept.map((name) => [name, text(name)])) };
  }

  async #pendingNonce(address: Address): Promise<number> {
    return Number(await this.request("eth_getTransactionCount", [address, "pending"]));
  }

  async #waiting(): Promise<Set<Hex>> {
    if (!this.#mempool) {
      const pending = (await this.request("eth_pendingTransactions", [])) as { hash: Hex }[];
      this.#mempool = new Set(pending.map((tx) => tx.hash));
    }
    return this.#mempool;
  }

  #forget(): void {
    this.#nonce = null;
    this.#mempool = null;
  }

  async #receipt(receipt: RpcReceipt): Promise<Receipt> {
    const logs: ChainLog[] = [];
    for (const log of receipt.logs) {
      const contract = CONTRACTS.get(log.address.toLowerCase());
      const decoded = contract && decodeLog(contract, log);
      if (decoded) logs.push(decoded);
    }
    const failure = receipt.status === "0x1" ? null : await this.#failure(receipt);
    return { hash: receipt.transactionHash, failure, from: receipt.from, logs };
  }

  /** Why a mined transaction failed: what it returned, found by tracing it in its place in the block. */
  async #failure({ transactionHash, gasUsed }: RpcReceipt): Promise<ChainRevert> {
    const lean = { disableStack: true, disableMemory: true, disableStorage: true };
    const { returnValue } = (await this.request("debug_traceTransaction", [transactionHash, lean])) as { returnValue: string };
    if (returnValue.length > 2) return decodeRevert(`0x${returnValue.replace(/^0x/, "")}`, "");
    const { gas } = (await this.request("eth_getTransactionByHash", [transactionHash])) as { gas: Hex };
    return new ChainRevert(gas === gasUsed ? "OutOfGas" : "Unknown");
  }

  async #call(contract: ChainLog["contract"], data: Hex, block: number | "latest"): Promise<Hex> {
    return (await this.request("eth_call", [{ to: this.identity[contract], data }, tag(block)])) as Hex;
  }

  async #view(contract: ChainLog["contract"], data: Hex, block: number | "latest"): Promise<Hex> {
    try {
      return await this.#call(contract, data, block);
    } catch (cause) {
      throw new ChainUnavailable(`the ${contract} contract could not be read at block ${block}`, { cause });
    }
  }
}

/** Gas is free unless the sender chose a price. */
function rpcTransaction({ nonce, gas, ...tx }: ServerTransaction): Record<string, unknown> {
  const free = tx.gasPrice || tx.maxFeePerGas ? {} : { maxFeePerGas: "0x0", maxPriorityFeePerGas: "0x0" };
  return { ...tx, ...free, nonce: quantity(nonce), gas: quantity(gas) };
}

function revertOf(error: unknown): ChainRevert {
  const { data, message } = error as { data?: unknown; message: string };
  return decodeRevert(data, message);
}

function quantity(value: number): Hex {
  return `0x${value.toString(16)}`;
}

function tag(block: number | "latest"): Hex {
  return block === "latest" ? block : quantity(block);
}
