import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { JsonRpcRequest } from "hardhat/types/providers";
import { HAS_OTHER_GLOBALS, nodeRequire } from "../../node-require.ts";
import type { ChainRules, Hex } from "../../ports/chain.ts";
import { SERVER_ACCOUNT } from "./accounts.ts";
import { SERVER_FUNDS } from "./fees.ts";
import { chainSettings } from "./settings.ts";

export interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface Provider {
  request(call: Call): Promise<unknown>;
  /** Makes calls one after the other, in one exchange. Gives all their results; after a rejection those before the one that failed may be done. */
  batch(calls: readonly Call[]): Promise<readonly unknown[]>;
}

export interface NetworkOptions {
  readonly chainId: number;
  /** Timestamp of the genesis block. */
  readonly genesis: Date;
  readonly rules: ChainRules;
  /** Our package's folder: Hardhat looks for a configuration where it is told to, never in the user's folder. */
  readonly root: string;
}

/** Stands for a JSON-RPC batch, on its way through Hardhat's provider to EDR. */
const BATCH = "getsmart_batch";

let runtime: Promise<HardhatRuntimeEnvironment> | undefined;
let made = 0;

/** A new, isolated chain in this process: the first takes a quarter of a second, a further one milliseconds. */
export async function createNetwork({
  chainId,
  genesis,
  rules,
  root,
}: NetworkOptions): Promise<{ provider: Provider; close(): Promise<void> }> {
  runtime ??= loadRuntime(root).catch((error) => {
    // What failed once may work the next time.
    runtime = undefined;
    throw error;
  });
  const { config, network } = await runtime;
  // A network of its own name, sharing the list of accounts: Hardhat then derives their addresses once, and not for each chain.
  const name = `sandbox ${++made}`;
  const networks: Record<string, unknown> = config.networks;
  networks[name] = { ...config.networks.sandbox, chainId, initialDate: genesis, ...resolved(rules) };
  const connection = await network.create(name);
  delete networks[name];
  return { provider: await batching(connection.provider), close: () => connection.close() };
}

/** As Hardhat's resolved configuration has them. */
function resolved({ hardfork, block_gas_limit, tx_gas_cap, base_fee }: ChainRules) {
  return {
    hardfork,
    blockGasLimit: BigInt(block_gas_limit),
    transactionGasCap: BigInt(tx_gas_cap),
    initialBaseFeePerGas: BigInt(base_fee),
  };
}

/**
 * Hardhat's provider takes one call at a time; EDR behind it takes a JSON-RPC batch too, which the hook of `loadRuntime` hands on. A
 * Hardhat that does not let it through gets the calls in turn.
 */
export async function batching(provider: Pick<Provider, "request">): Promise<Provider> {
  const request = (call: Call) => provider.request(call);
  const together = (calls: readonly Call[]) =>
    request({ method: BATCH, params: calls.map((call, id) => ({ jsonrpc: "2.0", id, ...call })) }) as Promise<unknown[]>;
  const inTurn = async (calls: readonly Call[]) => {
    const results: unknown[] = [];
    for (const call of calls) results.push(await request(call));
    return results;
  };
  const probe = { method: "eth_chainId", params: [] };
  const answers = await together([probe, probe]).catch(() => []);
  return { request, batch: Array.isArray(answers) && answers.length === 2 ? together : inTurn };
}

async function loadRuntime(root: string): Promise<HardhatRuntimeEnvironment> {
  // Before the import: Hardhat asks for consent or reports on a terminal otherwise.
  process.env.HARDHAT_DISABLE_TELEMETRY = "true";
  // It recognises errors of Node by their class, which a test runner with globals of its own (Jest, Vitest's vm pools) hides from it.
  const { createHardhatRuntimeEnvironment } = HAS_OTHER_GLOBALS
    ? (nodeRequire("hardhat/hre") as typeof import("hardhat/hre"))
    : await import("hardhat/hre");
  const hre = await createHardhatRuntimeEnvironment(
    {
      networks: {
        // The server wallet besides the others, and blocks when they are told to come.
        sandbox: {
          ...chainSettings,
          accounts: [{ privateKey: SERVER_ACCOUNT.privateKey, balance: String(SERVER_FUNDS) }, ...chainSettings.accounts],
          mining: { ...chainSettings.mining, auto: false },
          throwOnTransactionFailures: false,
        },
      },
    },
    {},
    root,
  );
  hre.hooks.registerHandlers("network", {
    onRequest: (context, connection, request, next) =>
      next(context, connection, request.method === BATCH ? (request.params as unknown as JsonRpcRequest) : request),
  });
  return hre;
}

/** The last block mined. */
export async function headOf(provider: Provider): Promise<{ number: number; timestamp: number; hash: Hex }> {
  const block = await provider.request({ method: "eth_getBlockByNumber", params: ["latest", false] });
  const { number, timestamp, hash } = block as { number: Hex; timestamp: Hex; hash: Hex };
  return { number: Number(number), timestamp: Number(timestamp), hash };
}

/** A number as JSON-RPC writes it. */
export function quantity(value: number): Hex {
  return `0x${value.toString(16)}`;
}
