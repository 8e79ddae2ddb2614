import { FUNDED_ACCOUNTS } from "./accounts.ts";

/** The hardfork of new chains: what `hardhat node` runs, so that a wallet finds the same transactions there (EIP-7702 among them). */
export const HARDFORK = "osaka";
export const BLOCK_GAS_LIMIT = 60_000_000;
/** EIP-7825. */
export const TX_GAS_CAP = 16_777_216;
/** The least that blocks up to half full keep: an eighth of it is no whole wei, so it does not fall (EIP-1559). */
export const BASE_FEE = 7;

const FUNDS = 10_000n * 10n ** 18n;

/** Settings of a local chain as Hardhat's configuration has them: the sandbox's own chain and hardhat.config.ts begin with these. */
export const chainSettings = {
  type: "edr-simulated",
  chainType: "l1",
  chainId: 31337,
  hardfork: HARDFORK,
  blockGasLimit: BLOCK_GAS_LIMIT,
  transactionGasCap: TX_GAS_CAP,
  initialBaseFeePerGas: BASE_FEE,
  allowBlocksWithSameTimestamp: true,
  mining: { auto: true, mempool: { order: "fifo" } },
  accounts: FUNDED_ACCOUNTS.map(({ privateKey }) => ({ privateKey, balance: String(FUNDS) })),
} as const;
