import type { Hex } from "../../ports/chain.ts";
import { FUNDED_ACCOUNTS, type KnownAccount, SERVER_ACCOUNT } from "./accounts.ts";

/** The fork whose rules the sandbox chain follows; journaled, since another one gives other hashes. */
export const HARDFORK = "cancun";

export interface Provider {
  request(call: { method: string; params?: readonly unknown[] }): Promise<unknown>;
}

export interface NetworkOptions {
  readonly chainId: number;
  /** Timestamp of the genesis block. */
  readonly genesis: Date;
  /** Our package's folder: Hardhat looks for a configuration where it is told to, never in the user's folder. */
  readonly root: string;
}

const FUNDS = (10_000n * 10n ** 18n).toString();

type Runtime = Awaited<ReturnType<typeof import("hardhat/hre")["createHardhatRuntimeEnvironment"]>>;
let runtime: Promise<Runtime> | undefined;
let made = 0;

/** A new, isolated chain in this process: the first takes a quarter of a second, a further one milliseconds. */
export async function createNetwork({ chainId, genesis, root }: NetworkOptions): Promise<{ provider: Provider; close(): Promise<void> }> {
  runtime ??= loadRuntime(root);
  const { config, network } = await runtime;
  // A network of its own name, sharing the list of accounts: Hardhat then derives their addresses once, and not for each chain.
  const name = `sandbox ${++made}`;
  const networks: Record<string, unknown> = config.networks;
  networks[name] = { ...config.networks.sandbox, chainId, initialDate: genesis };
  const connection = await network.create(name);
  delete networks[name];
  return { provider: connection.provider as Provider, close: () => connection.close() };
}

async function loadRuntime(root: string): Promise<Runtime> {
  // Before the import: Hardhat asks for consent or reports on a terminal otherwise.
  process.env.HARDHAT_DISABLE_TELEMETRY = "true";
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre");
  return await createHardhatRuntimeEnvironment(
    {
      networks: {
        sandbox: {
          type: "edr-simulated",
          chainType: "l1",
          hardfork: HARDFORK,
          accounts: [SERVER_ACCOUNT, ...FUNDED_ACCOUNTS].map((account) => ({ privateKey: hex(account), balance: FUNDS })),
          mining: { auto: false, mempool: { order: "fifo" } },
          allowBlocksWithSameTimestamp: true,
          // Gas is free: a base fee of zero stays zero while blocks are less than half full.
          initialBaseFeePerGas: 0,
          blockGasLimit: 1_000_000_000,
          throwOnTransactionFailures: false,
        },
      },
    },
    {},
    root,
  );
}

function hex(account: KnownAccount): Hex {
  return account.privateKey;
}
