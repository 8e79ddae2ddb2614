import { HardhatChain } from "../../../emulator/adapters/hardhat/chain.ts";
import { newRules } from "../../../emulator/adapters/hardhat/rules.ts";
import { PACKAGE_ROOT } from "../../../emulator/package-root.ts";
import type { Figure, Values } from "../figure.ts";
import { load } from "../load.ts";
import { installed } from "../peers.ts";

const LIMITS = { perSecond: 1_000_000, perHour: 100_000_000 };
const SECONDS = 6;
const RAW_TRANSACTIONS = 3000;

export const mint: Figure = {
  title: "POST /v1/tokens/mint at 20 connections, everything on and journaled, beside raw provider transactions (send, mine, receipt)",
  rounds: 5,
  variants: ["sandbox", "raw provider"],
  measure: (variant, scratch) => (variant === "sandbox" ? throughTheApi(scratch) : raw()),
  judge: ({ sandbox, "raw provider": provider }) => [
    `sandbox ÷ raw provider: ${((sandbox?.requests_per_s ?? 0) / (provider?.requests_per_s ?? 1)).toFixed(2)} (aim 0.6)`,
  ],
};

async function throughTheApi(scratch: string): Promise<Values> {
  const sandbox = await (await installed()).createSandbox({ limits: LIMITS, dataDir: `${scratch}/mint-${process.pid}` });
  const origin = await sandbox.listen();
  const headers = { Authorization: `Bearer ${sandbox.apiKey}` };
  const created = await fetch(`${origin}/v1/users`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ email: "ada@example.com", display_name: "Ada Lovelace" }),
  });
  const { data } = (await created.json()) as { data: { id: string } };
  return await load({ url: `${origin}/v1/tokens/mint`, headers, body: { user_id: data.id, amount: "1" }, seconds: SECONDS });
}

/** The same transactions straight at the node, one block each. */
async function raw(): Promise<Values> {
  const genesis = new Date();
  const chain = await HardhatChain.create({ chainId: 31337, genesis, rules: newRules(), root: PACKAGE_ROOT });
  const timestamp = Math.floor(genesis.getTime() / 1000);
  await chain.deploy(timestamp);
  const { server, token, accounts } = chain.identity;
  const [holder] = accounts;
  const step = await chain.send({ contract: "token", method: "mint", args: [holder?.address ?? server, 10n ** 18n] });
  await chain.mine(timestamp);
  const { data, nonce, gas } = (step as unknown as { tx: { data: string; nonce: number; gas: number } }).tx;
  const hex = (value: number) => `0x${value.toString(16)}`;
  const send = async (count: number) => {
    const fields = {
      from: server,
      to: token,
      data,
      gas: hex(gas),
      nonce: hex(nonce + count),
      maxFeePerGas: "0x3b9aca00",
      maxPriorityFeePerGas: "0x0",
    };
    const hash = await chain.request("eth_sendTransaction", [fields]);
    await chain.request("evm_mine", [hex(timestamp)]);
    await chain.request("eth_getTransactionReceipt", [hash]);
  };
  const warmUp = 500;
  for (let i = 1; i <= warmUp; i++) await send(i);
  const began = performance.now();
  for (let i = 1; i <= RAW_TRANSACTIONS; i++) await send(warmUp + i);
  return { requests_per_s: (1000 * RAW_TRANSACTIONS) / (performance.now() - began) };
}
