import { getAddress } from "ethers/address";
import { type ChainBadge, ChainUnavailable, type Hex, type NftTransfer } from "../../ports/chain.ts";
import { encode } from "./calldata.ts";
import { decodeRevert, type RpcLog, TRANSFER_TOPIC } from "./contracts.ts";

const VIEWS = ["ownerOf", "locked", "revoked"] as const;
const BEYOND_ALL_TOKENS = 2n ** 256n;

/** Reads one badge, its views in parallel. `call`: an `eth_call` of the badge contract. Null when there is no such token. */
export async function badgeAt(call: (data: Hex) => Promise<Hex>, tokenId: bigint): Promise<ChainBadge | null> {
  if (tokenId >= BEYOND_ALL_TOKENS) return null;
  try {
    const [owner, locked, revoked] = await Promise.all(VIEWS.map((view) => call(encode("badge", view, [tokenId]))));
    return {
      owner: getAddress(`0x${(owner as Hex).slice(-40)}`),
      locked: BigInt(locked as Hex) === 1n,
      revoked: BigInt(revoked as Hex) === 1n,
    };
  } catch (cause) {
    if (decodeRevert((cause as { data?: unknown }).data, "").error === "ERC721NonexistentToken") return null;
    throw new ChainUnavailable(`badge ${tokenId} could not be read`, { cause });
  }
}

/** ERC-721 Transfers index their token id, so they have four topics; the Transfers of ERC-20 have three. */
export function nftTransfersIn(logs: readonly RpcLog[]): NftTransfer[] {
  const transfers = logs.filter(({ topics }) => topics.length === 4 && topics[0] === TRANSFER_TOPIC);
  return transfers.map(({ address, topics }) => ({ contract: getAddress(address), tokenId: BigInt(topics[3] as Hex) }));
}
