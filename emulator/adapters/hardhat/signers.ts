import { getAddress } from "ethers/address";
import { Signature } from "ethers/crypto";
import { verifyAuthorization } from "ethers/hash";
import { Transaction } from "ethers/transaction";
import type { Address, ExternalTransaction } from "../../ports/chain.ts";

/** Permission to run another contract's code as one's own account (EIP-7702), wherever it came from. */
interface Authorization {
  readonly chainId: string | bigint;
  readonly address: string;
  readonly nonce: string | bigint;
  readonly r: string;
  readonly s: string;
}

/** The sender of a transaction, and those whose authorizations it carries; null if one of the signatures is not valid. */
export function signersOf(tx: ExternalTransaction): readonly Address[] | null {
  try {
    if (!("raw" in tx)) return [getAddress(tx.from), ...((tx.request.authorizationList ?? []) as Authorization[]).flatMap(authorities)];
    const { from, authorizationList } = Transaction.from(tx.raw);
    if (from === null) return null;
    return [from, ...(authorizationList ?? []).flatMap(({ signature: { r, s }, ...rest }) => authorities({ ...rest, r, s }))];
  } catch {
    return null;
  }
}

/** Both accounts that a signature may be of: implementations differ in how they read a parity that is neither 0 nor 1. */
function authorities({ chainId, address, nonce, r, s }: Authorization): Address[] {
  const authorization = { chainId: BigInt(chainId), address: getAddress(address), nonce: BigInt(nonce) };
  const found: Address[] = [];
  for (const yParity of [0, 1] as const) {
    try {
      found.push(verifyAuthorization(authorization, Signature.from({ r: word(r), s: word(s), yParity })));
    } catch {
      // No account has this signature with this parity.
    }
  }
  if (found.length === 0) throw new Error("an authorization that nobody signed");
  return found;
}

function word(value: string): string {
  return `0x${value.slice(2).padStart(64, "0")}`;
}
