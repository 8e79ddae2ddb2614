import { AsyncLocalStorage } from "node:async_hooks";
import type { ChainFault } from "../../model/fault.ts";
import {
  type Chain,
  type ChainCall,
  ChainRevert,
  type ChainStep,
  ChainUnavailable,
  type GasLimit,
  type Hex,
  type SentAndMined,
} from "../../ports/chain.ts";

/** What a chain that is down refuses. Undoing must work: it is the sandbox's own, and happens after the fault. */
const ANSWERS = [
  "preflight",
  "send",
  "sendExternal",
  "stuck",
  "mine",
  "sendAndMine",
  "mark",
  "head",
  "balanceOf",
  "totalSupply",
  "badgesOf",
  "badgeAt",
  "nftTransfers",
  "tokenInfo",
  "transfers",
  "request",
];

interface ChainFaultWork {
  readonly fault: ChainFault;
  over: boolean;
}

/** Whose work meets a fault: that of one request and what it awaits, and no other's. */
export class ChainFaults {
  readonly #storage = new AsyncLocalStorage<ChainFaultWork>();

  /** The fault that the present work is to meet. */
  get current(): ChainFault | null {
    const work = this.#storage.getStore();
    return work && !work.over ? work.fault : null;
  }

  /** Does `work` under a fault, until the returned function is called: what it started and nobody waits for goes on without. */
  during(fault: ChainFault, work: () => void): () => void {
    const current = { fault, over: false };
    this.#storage.run(current, work);
    return () => {
      current.over = true;
    };
  }
}

/** A chain with faults: the same chain but for the work that is to meet one. `current`: which chain that is at present. */
export function faultyChain<C extends Chain>(current: () => C, faults: ChainFaults): C {
  const refuse = (name: string) => (faults.current === "rpc_down" && ANSWERS.includes(name) ? new ChainUnavailable("rpc_down") : null);
  const changed = {
    async preflight(call: ChainCall): Promise<void> {
      if (faults.current === "revert") throw new ChainRevert("InjectedFault");
      await current().preflight(call);
    },
    async send(call: ChainCall, gas?: GasLimit): Promise<ChainStep & { hash: Hex }> {
      if (faults.current === "revert") throw new ChainRevert("InjectedFault");
      return await current().send(call, faults.current === "out_of_gas" ? "scarce" : gas);
    },
    async sendAndMine(calls: readonly ChainCall[], timestamp: number, gas?: GasLimit): Promise<SentAndMined> {
      if (faults.current === "revert") throw new ChainRevert("InjectedFault");
      return await current().sendAndMine(calls, timestamp, faults.current === "out_of_gas" ? "scarce" : gas);
    },
  };
  return new Proxy({} as C, {
    get(_, name) {
      const target = current();
      const value = Object.hasOwn(changed, name) ? changed[name as keyof typeof changed] : Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const refusal = refuse(String(name));
        return refusal ? Promise.reject(refusal) : (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}
