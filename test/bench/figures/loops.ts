import { readFileSync, writeFileSync } from "node:fs";
import { HardhatChain } from "../../../emulator/adapters/hardhat/chain.ts";
import { newRules } from "../../../emulator/adapters/hardhat/rules.ts";
import { CALL_GAS, TRACE_GAS } from "../../../emulator/model/chain-limits.ts";
import { PACKAGE_ROOT } from "../../../emulator/package-root.ts";
import { deploying, LOOPS } from "../../support/programs.ts";
import type { Figure, Values } from "../figure.ts";

const AIM = { ms: 1000, mb: 500 };

const hex = (gas: number) => `0x${gas.toString(16)}`;

/** Every way to have a program run, with as much gas as it takes. */
const WAYS: Readonly<Record<string, (chain: HardhatChain, from: string, to: string) => Promise<unknown>>> = {
  call: (chain, from, to) => chain.request("eth_call", [{ from, to }, "latest"]),
  estimate: (chain, from, to) => chain.request("eth_estimateGas", [{ from, to }, "latest"]),
  trace: (chain, from, to) => chain.request("debug_traceCall", [{ from, to, gas: hex(TRACE_GAS) }, "latest"]),
  trace_calls: (chain, from, to) =>
    chain.request("debug_traceCall", [{ from, to, gas: hex(TRACE_GAS) }, "latest", { tracer: "callTracer" }]),
  send: (chain, from, to) => mined(chain, from, { from, to }),
  send_capped: (chain, from, to) => mined(chain, from, { from, to, gas: hex(newRules().tx_gas_cap) }),
  send_less: (chain, from, to) => mined(chain, from, { from, to, gas: hex(CALL_GAS) }),
};

async function mined(chain: HardhatChain, from: string, request: Readonly<Record<string, unknown>>): Promise<void> {
  await chain.sendExternal({ from, request });
  await chain.mine((await chain.head()).timestamp);
}

export const loops: Figure = {
  title: "programs without end: how long each way to run one holds the chain, and the most memory that one of them takes",
  rounds: 1,
  variants: Object.keys(LOOPS),
  async measure(variant): Promise<Values> {
    const chain = await HardhatChain.create({ chainId: 31337, genesis: new Date(), rules: newRules(), root: PACKAGE_ROOT });
    const from = chain.identity.accounts[0]?.address as string;
    await chain.deploy(Math.floor(Date.now() / 1000));
    const { hash } = await chain.sendExternal({
      from,
      request: { data: deploying(LOOPS[variant as keyof typeof LOOPS]), gas: hex(8_000_000) },
    });
    await chain.mine((await chain.head()).timestamp);
    const { contractAddress } = (await chain.request("eth_getTransactionReceipt", [hash])) as { contractAddress: string };
    const values: Record<string, number> = {};
    let peak_mb = 0;
    for (const [way, run] of Object.entries(WAYS)) {
      const taken = memoryTaken();
      const began = performance.now();
      await run(chain, from, contractAddress).catch(refused);
      values[`${way}_ms`] = performance.now() - began;
      peak_mb = Math.max(peak_mb, taken());
    }
    return { ...values, peak_mb };
  },
  judge(medians) {
    const all = Object.entries(medians).flatMap(([name, values]) => Object.entries(values).map(([way, value]) => ({ name, way, value })));
    const worst = (unit: string) =>
      all.filter(({ way }) => way.endsWith(unit)).reduce((most, each) => (each.value > most.value ? each : most));
    return (["ms", "mb"] as const).map((unit) => {
      const { name, way, value } = worst(`_${unit}`);
      return `the worst: ${name}, ${way} ${value.toFixed(0)} (aim: at most ${AIM[unit]})${value <= AIM[unit] ? "" : "  MISSED"}`;
    });
  },
};

/** From now on: how much more memory this process has held at once, in MB (Linux). */
function memoryTaken(): () => number {
  globalThis.gc?.();
  writeFileSync("/proc/self/clear_refs", "5");
  const mb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  const before = mb("VmRSS");
  return () => mb("VmHWM") - before;
}

/** What a looping program is to be answered with. */
function refused(error: { code?: unknown; message: string }): void {
  if (typeof error.code !== "number") throw error;
}
