import { parseAmount } from "../model/amount.ts";
import type { AwardRecord } from "../model/award.ts";
import type { Badge } from "../model/badge.ts";
import type { Address, Chain, ChainCall } from "../ports/chain.ts";

const FUNDING = { mint: 0, sponsor: 1 } as const;

/** The one transaction that mints an award's badge to `to` and pays its reward. The chain keeps what the badge says of itself. */
export function claimCall(
  chain: Pick<Chain, "idHash">,
  { id, gets_id, token_id, reward }: AwardRecord,
  { title }: Badge,
  to: Address,
): ChainCall {
  const getsId = `0x${Buffer.from(gets_id, "latin1").toString("hex")}`;
  const args = [to, BigInt(token_id), getsId, title, chain.idHash(id), parseAmount(reward.amount), FUNDING[reward.funding]] as const;
  return { contract: "badge", method: "claim", args: [...args] };
}
