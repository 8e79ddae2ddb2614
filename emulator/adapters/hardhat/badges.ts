import { getAddress } from "ethers/address";
import { type ChainBadge, ChainUnavailable, type Hex, type NftTransfer } from "../../ports/chain.ts";
import { decodeRevert, INTERFACES, type RpcLog, TRANSFER_TOPIC } from "./contracts.ts";

const selectorOf = (method: string): Hex => INTERFACES.badge.getFunction(method)?.selector as Hex;
const OWNER_OF = selectorOf("ownerOf");
const LOCKED = selectorOf("locked");
const REVOKED = selectorOf("revoked");
const TOKEN_URI = selectorOf("tokenURI");

/** Reads one badge, its four views side by side. `call`: an `eth_call` of the badge contract. Null when there is no such token. */
export async function badgeAt(call: (data: Hex) => Promise<Hex>, tokenId: bigint): Promise<ChainBadge | null> {
  const word = tokenId.toString(16).padStart(64, "0");
  try {
    const [owner, locked, revoked, uri] = await Promise.all([OWNER_OF, LOCKED, REVOKED, TOKEN_URI].map((view) => call(view + word)));
    return {
      owner: getAddress(`0x${(owner as Hex).slice(-40)}`),
      locked: BigInt(locked as Hex) === 1n,
      revoked: BigInt(revoked as Hex) === 1n,
      uri: INTERFACES.badge.decodeFunctionResult("tokenURI", uri as Hex)[0],
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
