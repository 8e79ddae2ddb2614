import { getAddress } from "ethers/address";
import { Transaction } from "ethers/transaction";
import {
  type Address,
  type Block,
  type ChainLog,
  type ChainMark,
  type ChainStep,
  type Hex,
  NonceTooHigh,
  type SentAndMined,
  type ServerTransaction,
  type StuckTransaction,
} from "../../ports/chain.ts";
import { SERVER_ACCOUNT } from "./accounts.ts";
import type { RpcLog } from "./contracts.ts";
import type { EvmMethods } from "./evm-methods.ts";
import { feesOf, nextBaseFee, paidFees, refuseLowFee, SERVER_FEES, settledFees } from "./fees.ts";
import { type Call, headOf, type Provider, quantity } from "./network.ts";
import { decodeReceipt, type RpcReceipt, receiptCall } from "./receipts.ts";

const SERVER = SERVER_ACCOUNT.address;

/** What is journaled of a request as it was given, when it was. */
const KEPT = ["to", "value", "accessList", "authorizationList"] as const;

/** How many steps of history are repeated in one exchange. */
const AT_ONCE = 100;

const SNAPSHOT: Call = { method: "evm_snapshot", params: [] };
const LATEST_LOGS: Call = { method: "eth_getLogs", params: [{ fromBlock: "latest", toBlock: "latest" }] };
const mineCall = (timestamp: number): Call => ({ method: "evm_mine", params: [quantity(timestamp)] });

type Sent = ChainStep & { readonly hash: Hex };

/** A transaction that the server wallet is to send; `to` is null for a new contract. */
export interface Order {
  readonly to: Address | null;
  readonly data: Hex;
  readonly gas: number;
}

/** Sends and mines, and remembers the server wallet's nonce and what waits in the mempool. */
export class Transactions {
  readonly #provider: Provider;
  readonly #contracts: ReadonlyMap<string, ChainLog["contract"]>;
  /** Next nonce of the server wallet; null when it must be asked for. */
  #nonce: number | null = null;
  /** Hashes sent and not yet seen mined; null when they must be asked for. */
  #mempool: Set<Hex> | null = new Set();
  readonly #evm: EvmMethods;
  /** What wallets' transactions in the mempool have to do, in steps. */
  #work = 0;

  /** `contracts`: whose logs are decoded, by address in lower case. `evm`: where programs of others are run. */
  constructor(provider: Provider, contracts: ReadonlyMap<string, ChainLog["contract"]>, evm: EvmMethods) {
    this.#provider = provider;
    this.#contracts = contracts;
    this.#evm = evm;
  }

  /** What was known of the chain no longer holds. */
  forget(): void {
    this.#nonce = null;
    this.#mempool = null;
  }

  async send(order: Order): Promise<Sent> {
    const [tx] = (await this.#numbered([order])) as [ServerTransaction];
    const step = await this.#sendFilled(tx);
    this.#nonce = tx.nonce + 1;
    return step;
  }

  async sendRaw(raw: Hex, mayWait: boolean): Promise<Sent> {
    const tx = Transaction.from(raw);
    if (!mayWait) await this.#refuseGap(tx.from as Address, tx.nonce);
    const baseFee = await nextBaseFee(this.#provider);
    refuseLowFee(feesOf(tx), baseFee);
    await this.#admit({ ...callOf(tx), ...paidFees(feesOf(tx), baseFee) }, Number(tx.gasLimit));
    const hash = (await this.#request("eth_sendRawTransaction", raw)) as Hex;
    this.#mempool?.add(hash);
    return { raw, hash };
  }

  /** Settles what a wallet left open, so that the journal can repeat the transaction exactly. */
  async sendFor(from: Address, request: Readonly<Record<string, unknown>>, mayWait: boolean): Promise<Sent> {
    const text = (name: string) => (request[name] ?? undefined) as Hex | undefined;
    const baseFee = await nextBaseFee(this.#provider);
    const fees = settledFees(request, baseFee);
    refuseLowFee(fees, baseFee);
    const nonce = text("nonce") ? Number(text("nonce")) : await this.#pendingNonce(from);
    if (!mayWait) await this.#refuseGap(from, nonce);
    const gas = Number(text("gas") ?? (await this.#evm.request("eth_estimateGas", [request])));
    await this.#admit({ ...request, gasPrice: undefined, ...paidFees(fees, baseFee) }, gas);
    const data = text("data") ?? text("input") ?? "0x";
    const kept = KEPT.flatMap((name) => (request[name] === undefined || request[name] === null ? [] : [[name, request[name]]]));
    return await this.#sendFilled({ from, data, nonce, gas, ...Object.fromEntries(kept), ...fees });
  }

  /** The node counts a sender's next nonce up to the first gap. */
  async stuck(): Promise<readonly StuckTransaction[]> {
    const waiting = (await this.#request("eth_pendingTransactions")) as { hash: Hex; from: Hex; nonce: Hex }[];
    const found: StuckTransaction[] = [];
    for (const [from, txs] of Map.groupBy(waiting, (tx) => tx.from)) {
      const missing = await this.#pendingNonce(from);
      for (const { hash, nonce } of txs) {
        if (Number(nonce) > missing) found.push({ hash, from: getAddress(from), nonce: Number(nonce), missing });
      }
    }
    return found;
  }

  async mine(timestamp: number): Promise<{ step: ChainStep; block: Block }> {
    const waiting = [...(await this.#waiting())];
    const [, ...found] = await this.#provider.batch([mineCall(timestamp), ...waiting.map(receiptCall)]);
    return await this.#mined(timestamp, found as (RpcReceipt | null)[]);
  }

  /** One exchange where sending, mining, receipts and a mark would be four: what left a log in the block did not fail. */
  async sendAndMine(orders: readonly Order[], timestamp: number): Promise<SentAndMined> {
    const waiting = [...(await this.#waiting())];
    const txs = await this.#numbered(orders);
    // Until it is known how far they came.
    this.forget();
    const calls = [...txs.map(sendCall), mineCall(timestamp), LATEST_LOGS, SNAPSHOT, ...waiting.map(receiptCall)];
    const results = await this.#provider.batch(calls);
    const sent = txs.map((tx, index) => ({ tx, hash: results[index] as Hex }));
    const [logs, mark, ...found] = results.slice(txs.length + 1) as [RpcLog[], ChainMark, ...(RpcReceipt | null)[]];
    const last = txs.at(-1);
    if (last) this.#nonce = last.nonce + 1;
    this.#mempool = new Set([...waiting, ...sent.map(({ hash }) => hash)]);
    const own = await Promise.all(sent.map(({ hash }) => this.#receiptFrom(logs, hash)));
    return { sent, ...(await this.#mined(timestamp, [...found, ...own])), mark };
  }

  async replay(steps: readonly ChainStep[]): Promise<void> {
    this.forget();
    const calls = steps.map((step) => {
      if ("mine" in step) return mineCall(step.mine.timestamp);
      return "raw" in step ? { method: "eth_sendRawTransaction", params: [step.raw] } : sendCall(step.tx);
    });
    for (let from = 0; from < calls.length; from += AT_ONCE) await this.#provider.batch(calls.slice(from, from + AT_ONCE));
  }

  async #refuseGap(from: Address, nonce: number): Promise<void> {
    const expected = await this.#pendingNonce(from);
    if (nonce > expected) throw new NonceTooHigh(nonce, expected);
  }

  /** Throws ChainRefusal for what would keep the chain busy. */
  async #admit(tx: Readonly<Record<string, unknown>>, gas: number): Promise<void> {
    const isAlone = (await this.#waiting()).size === 0;
    if (isAlone) this.#work = 0;
    this.#work += await this.#evm.admit(tx, gas, this.#work);
  }

  /** The server wallet's next transactions. */
  async #numbered(orders: readonly Order[]): Promise<ServerTransaction[]> {
    const nonce = this.#nonce ?? (await this.#pendingNonce(SERVER));
    return orders.map(({ to, data, gas }, index) => ({
      ...{ from: SERVER, ...(to ? { to } : {}), data, nonce: nonce + index, gas },
      ...SERVER_FEES,
    }));
  }

  async #sendFilled(tx: ServerTransaction): Promise<Sent> {
    const hash = (await this.#provider.request(sendCall(tx))) as Hex;
    this.#mempool?.add(hash);
    return { tx, hash };
  }

  /** A success is known by its logs in the block; of what left none the node is asked. */
  async #receiptFrom(block: readonly RpcLog[], hash: Hex): Promise<RpcReceipt | null> {
    const logs = block.filter(({ transactionHash }) => transactionHash === hash);
    const [first] = logs;
    if (!first) return (await this.#provider.request(receiptCall(hash))) as RpcReceipt | null;
    const { blockNumber, blockHash } = first;
    return { transactionHash: hash, status: "0x1", from: SERVER.toLowerCase(), blockNumber, blockHash, logs };
  }

  /** The block that was just mined, of whose receipts some may not be there: not every transaction that waits can be mined. */
  async #mined(timestamp: number, found: readonly (RpcReceipt | null)[]): Promise<{ step: ChainStep; block: Block }> {
    const receipts = found.filter((receipt) => receipt !== null);
    for (const { transactionHash } of receipts) this.#mempool?.delete(transactionHash);
    const [first] = receipts;
    const { number, hash } = first ? { number: Number(first.blockNumber), hash: first.blockHash } : await headOf(this.#provider);
    const decoded = await Promise.all(receipts.map((receipt) => decodeReceipt(this.#provider, this.#contracts, receipt)));
    return { step: { mine: { timestamp, number, hash } }, block: { number, hash, timestamp, receipts: decoded } };
  }

  async #waiting(): Promise<Set<Hex>> {
    if (!this.#mempool) {
      const pending = (await this.#request("eth_pendingTransactions")) as { hash: Hex }[];
      this.#mempool = new Set(pending.map((tx) => tx.hash));
    }
    return this.#mempool;
  }

  async #pendingNonce(address: Address): Promise<number> {
    return Number(await this.#request("eth_getTransactionCount", address, "pending"));
  }

  #request(method: string, ...params: readonly unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }
}

function sendCall({ nonce, gas, ...tx }: ServerTransaction): Call {
  return { method: "eth_sendTransaction", params: [{ ...tx, nonce: quantity(nonce), gas: quantity(gas) }] };
}

/** A signed transaction as a call. */
function callOf({ from, to, data, value, accessList, authorizationList }: Transaction): Readonly<Record<string, unknown>> {
  const keys = accessList?.map(({ address, storageKeys }) => ({ address, storageKeys }));
  const authorizations = authorizationList?.map(({ chainId, address, nonce, signature: { r, s, yParity } }) => ({
    ...{ chainId: hex(chainId), address, nonce: hex(nonce), yParity: quantity(yParity), r: hex(BigInt(r)), s: hex(BigInt(s)) },
  }));
  return { from, to, data, value: hex(value), accessList: keys, authorizationList: authorizations };
}

function hex(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}
