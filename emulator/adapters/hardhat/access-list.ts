import { getCreateAddress } from "ethers/address";
import type { Hex } from "../../ports/chain.ts";
import type { Run } from "./failures.ts";
import { intrinsicGas } from "./intrinsic-gas.ts";
import { type Provider, quantity } from "./network.ts";
import type { CallObject, Runs } from "./runs.ts";

/** EIP-2930. */
type AccessList = readonly { readonly address: Hex; readonly storageKeys: readonly Hex[] }[];

/** A list changes what a program has left of its gas, and so may lead it elsewhere: geth goes on until the list stays. Few need a third. */
const TRIES = 5;

/** Addresses up to this one are precompiled contracts, or nobody's. */
const LAST_PRECOMPILE = 0x1ffn;

/**
 * The access list of a call that is known to be short, as geth makes it: all storage that it uses, and the accounts besides those that are warm
 * without it (sender, recipient, the block's beneficiary, precompiled contracts); and how the call goes with it. `gas`: without the list's own.
 */
export async function accessListOf(
  provider: Provider,
  runs: Runs,
  call: CallObject,
  block: unknown,
  gas: number,
): Promise<{ list: AccessList; run: Run }> {
  const warm = await warmFor(provider, call, block);
  const given = asList(call.accessList);
  let list: AccessList = given;
  const withList = (accessList: AccessList) => gas + intrinsicGas({ ...call, accessList }) - intrinsicGas(call);
  for (let tries = TRIES; tries > 0; tries -= 1) {
    const params = [{ ...call, accessList: list, gas: quantity(withList(list)) }, block, { tracer: "prestateTracer" }];
    const touched = (await provider.request({ method: "debug_traceCall", params })) as Readonly<
      Record<Hex, { storage?: Record<Hex, Hex> }>
    >;
    const found = Object.entries(touched).map(([address, { storage = {} }]) => ({ address, storageKeys: Object.keys(storage).sort() }));
    const needed = found.filter(({ address, storageKeys }) => storageKeys.length > 0 || !(warm.has(address) || isPrecompile(address)));
    const next = union(given, needed);
    const isSame = JSON.stringify(next) === JSON.stringify(list);
    list = next;
    if (isSame) break;
  }
  return { list, run: await runs.run({ ...call, accessList: list }, block, withList(list)) };
}

/** In lower case. */
async function warmFor(provider: Provider, { from, to }: CallObject, block: unknown): Promise<ReadonlySet<string>> {
  const ask = (method: string, ...params: unknown[]) => provider.request({ method, params });
  const nonce = to ? 0 : Number(await ask("eth_getTransactionCount", from, block));
  const recipient = to ?? getCreateAddress({ from: String(from), nonce });
  return new Set([from, recipient, await ask("eth_coinbase")].map((each) => String(each).toLowerCase()));
}

function isPrecompile(address: string): boolean {
  return BigInt(address) <= LAST_PRECOMPILE;
}

function asList(given: unknown): AccessList {
  return Array.isArray(given) ? given.map(({ address, storageKeys }) => ({ address: address.toLowerCase(), storageKeys })) : [];
}

function union(...lists: readonly AccessList[]): AccessList {
  const keys = new Map<Hex, Set<Hex>>();
  for (const { address, storageKeys } of lists.flat()) keys.set(address, new Set([...(keys.get(address) ?? []), ...storageKeys]));
  return [...keys].map(([address, slots]) => ({ address, storageKeys: [...slots] }));
}
