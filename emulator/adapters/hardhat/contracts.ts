import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Interface, type InterfaceAbi } from "ethers/abi";
import { packageFile } from "../../package-root.ts";
import { type ChainLog, ChainRevert, type Hex } from "../../ports/chain.ts";

export type ContractName = ChainLog["contract"];

interface Artifact {
  readonly abi: InterfaceAbi;
  readonly bytecode: Hex;
}

function artifact(name: string): Artifact {
  return JSON.parse(readFileSync(packageFile(`contracts/compiled/${name}.json`), "utf8")) as Artifact;
}

const token = artifact("GetsToken");
const badge = artifact("GetSmartBadge");

export const BYTECODE = { token: token.bytecode, badge: badge.bytecode };
export const INTERFACES = { token: new Interface(token.abi), badge: new Interface(badge.abi) };
/** Identity of the contracts that new chains get: a digest of the code that deploys them. */
export const CONTRACTS = `sha256:${hash("sha256", `${token.bytecode} ${badge.bytecode}`)}`;

export const TRANSFER_TOPIC = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

/** RoleGranted, of which a deployment has many and which no rule asks for. */
const ROLE_GRANTED = "0x2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d";

/** A log as JSON-RPC gives it. */
export interface RpcLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly logIndex: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly transactionHash: Hex;
}

/** Decodes a log of one of our contracts; null for an event that is not in its ABI, and for a role granted. */
export function decodeLog(contract: ChainLog["contract"], log: RpcLog): ChainLog | null {
  if (log.topics[0] === ROLE_GRANTED) return null;
  const index = Number(log.logIndex);
  // A token Transfer is in every receipt: decoded by hand, ten times faster than through the ABI.
  if (contract === "token" && log.topics[0] === TRANSFER_TOPIC) {
    return { contract, event: "Transfer", args: transferArgs(log), index };
  }
  const parsed = INTERFACES[contract].parseLog({ topics: [...log.topics], data: log.data });
  return parsed && { contract, event: parsed.name, args: parsed.args.toObject(), index };
}

/** `from`, `to` (lower-case) and `amount` of an ERC-20 Transfer. */
export function transferArgs(log: RpcLog): { from: Hex; to: Hex; amount: bigint } {
  const [, from, to] = log.topics as [Hex, Hex, Hex];
  return { from: `0x${from.slice(26)}`, to: `0x${to.slice(26)}`, amount: BigInt(log.data) };
}

/** Whether a call's data asks one of our contracts to read: such a function is bounded, and runs no other code. */
export function isRead(contract: ContractName, data: unknown): boolean {
  return typeof data === "string" && readsOf(contract).has(data.slice(0, 10).toLowerCase());
}

const reads = new Map<ContractName, ReadonlySet<string>>();

/** Selectors of the functions that read; made when they are first asked for. */
function readsOf(contract: ContractName): ReadonlySet<string> {
  const known = reads.get(contract);
  if (known) return known;
  const found = new Set<string>();
  INTERFACES[contract].forEachFunction(({ constant, selector }) => void (constant && found.add(selector)));
  reads.set(contract, found);
  return found;
}

/** The custom error in revert data, looked up in both contracts. */
export function decodeRevert(data: unknown, message: string): ChainRevert {
  if (typeof data === "string" && data.length >= 10) {
    for (const contract of [INTERFACES.token, INTERFACES.badge]) {
      const error = contract.parseError(data);
      if (error) return new ChainRevert(error.name, [...error.args]);
    }
  }
  return new ChainRevert(/out of gas/i.test(message) ? "OutOfGas" : "Unknown");
}
