import { formatAmount, parseAmount } from "../../model/amount.ts";
import type { AwardRecord } from "../../model/award.ts";
import type { Finding, Patient } from "./finding.ts";

/** Each claimed award is a badge on the chain: of its recipient, locked, and revoked exactly when the award is. */
export async function awardsOnChain({ records, store, chain }: Pick<Patient, "records" | "store" | "chain">): Promise<Finding> {
  const problems: string[] = [];
  for (const award of records.awards ?? []) {
    const badge = await chain.badgeAt(BigInt(award.token_id), "latest");
    const what = `${award.id}: badge ${award.token_id}`;
    if (!award.chain) {
      if (badge) problems.push(`${what} is on the chain, but the award was never claimed`);
      continue;
    }
    const wallet = store.get("users", award.recipient_id)?.wallet.address;
    if (!badge) problems.push(`${what} is not on the chain`);
    else if (badge.owner.toLowerCase() !== wallet?.toLowerCase()) problems.push(`${what} belongs to ${badge.owner}, not to ${wallet}`);
    else if (!badge.locked) problems.push(`${what} is not locked`);
    else if (badge.revoked !== (award.status === "revoked")) {
      problems.push(`${what} is ${badge.revoked ? "" : "not "}revoked on the chain, the award is ${award.status}`);
    }
  }
  return { invariant: "each claimed award is a locked badge of its recipient, revoked on the chain exactly when the award is", problems };
}

/** What the token contract holds is what sponsors have put aside for awards that can still be claimed. */
export async function escrow({ records, chain }: Patient): Promise<Finding> {
  const isHeld = ({ status, reward }: AwardRecord) => status === "approved" && reward.funding === "sponsor";
  const owed = (records.awards ?? []).filter(isHeld).reduce((sum, { reward }) => sum + parseAmount(reward.amount), 0n);
  const held = await chain.balanceOf(chain.identity.token, "latest");
  const problems = held === owed ? [] : [`the escrow holds ${formatAmount(held)}, approved awards of sponsors ${formatAmount(owed)}`];
  return { invariant: "the escrow holds the rewards of the approved awards that sponsors pay", problems };
}

export function awardCounts({ records, store }: Patient): Finding {
  const given = (id: string) =>
    store.by("awards", "badge", id).filter(({ status }) => status === "approved" || status === "claimed").length;
  const problems = (records.badges ?? [])
    .filter(({ id, awards_count }) => awards_count !== given(id))
    .map(({ id, awards_count }) => `${id}: awards_count is ${awards_count}; ${given(id)} awards are approved or claimed`);
  return { invariant: "each badge counts its approved and claimed awards", problems };
}
