import { invalidParams, type Params } from "./json-rpc.ts";

/** How many parameters methods take that are answered here, or by the node in words that do not say so. */
const MOST: Readonly<Record<string, number>> = { eth_createAccessList: 2, eth_estimateGas: 2, eth_getBlockReceipts: 1, eth_simulateV1: 2 };

/** Throws invalidParams for more parameters than a method takes: what is ignored would make a wrong answer. */
export function checkCount(method: string, params: Params): void {
  const most = MOST[method] ?? Number.POSITIVE_INFINITY;
  const count = 1 + params.findLastIndex((each) => each !== null && each !== undefined);
  if (count <= most) return;
  const overrides = method === "eth_createAccessList" || method === "eth_estimateGas" ? " and no state overrides (eth_call does)" : "";
  throw invalidParams(`${method} takes ${most} ${most === 1 ? "parameter" : "parameters"}${overrides}; ${count} were sent.`);
}
