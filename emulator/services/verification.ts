import type { Award, AwardRecord } from "../model/award.ts";
import type { Badge } from "../model/badge.ts";
import type { User } from "../model/user.ts";
import { type Check, publicView, type Verification, type VerifyRequest } from "../model/verification.ts";
import type { Address, Chain, ChainBadge } from "../ports/chain.ts";
import type { Reader } from "../ports/store.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { Inspection } from "./credentials.ts";
import { checksOf, isWhoIsExpected, statusOf } from "./verification-checks.ts";

export interface Inspector {
  inspect(world: UnitOfWork, jwt: string): Promise<Inspection>;
}

/** An award with whom and what it names, all of one instant. */
export interface Subject {
  readonly award: AwardRecord;
  readonly badge: Badge;
  readonly sponsor: User;
  readonly recipient: User;
}

export interface Verdict {
  readonly verification: Verification;
  /** Null when there is no award, or when what was shown is of another contract. */
  readonly subject: Subject | null;
}

/** Where one of the five ways led: to an award, to another contract, or nowhere. `detail` says it in a sentence. */
type Lead = { readonly award: AwardRecord; readonly detail: string } | { readonly foreign: Address } | { readonly detail: string };

const GETS_ID = /^[A-Z2-7]{7}$/;
const AWARD_ID = /^awd_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const TX_HASH = /^0x[0-9a-f]{64}$/i;
const TOKEN_ID = /^(0|[1-9]\d{0,77})$/;

/** Tells genuine badges from others, by the records and by what the chain says. Changes nothing. */
export class Verifier {
  readonly #chain: Pick<Chain, "identity" | "checksum" | "badgeAt" | "nftTransfers">;
  readonly #credentials: Inspector;
  readonly #show: (award: AwardRecord) => Award;
  readonly #now: () => number;

  /** `show`: the award as the API shows it. `now`: ms since the epoch. */
  constructor(
    chain: Pick<Chain, "identity" | "checksum" | "badgeAt" | "nftTransfers">,
    credentials: Inspector,
    show: (award: AwardRecord) => Award,
    now: () => number,
  ) {
    this.#chain = chain;
    this.#credentials = credentials;
    this.#show = show;
    this.#now = now;
  }

  /** Never refuses: what is unknown or malformed is `not_found`. `request` takes exactly one of the five ways. */
  async verify(world: UnitOfWork, request: VerifyRequest): Promise<Verdict> {
    if (request.credential === undefined) return this.#judge(world, request, []);
    const { valid, awardId, detail } = await this.#credentials.inspect(world, request.credential);
    const signature: Check = { name: "signature", passed: valid, detail };
    if (!valid) return this.#verdict([signature], null);
    return this.#judge(world, { ...request, award_id: awardId ?? "" }, [signature]);
  }

  #judge(world: UnitOfWork, request: VerifyRequest, before: readonly Check[]): Promise<Verdict> {
    return world.atCommitted(async (block) => {
      // Until the first await, the records are those of this very block.
      const lead =
        this.#followRecords(world.records, request) ?? (await this.#followChain(world.records, request.tx_hash as string, block));
      if ("foreign" in lead) return this.#verdict([...before, foreignContract(lead.foreign, this.#chain.identity.badge)], null);
      if (!("award" in lead)) return this.#verdict([...before, { name: "found", passed: false, detail: lead.detail }], null);
      const subject = subjectOf(world.records, lead.award);
      const found: Check = { name: "found", passed: true, detail: lead.detail };
      const onChain = await this.#onChain(lead.award, block);
      const expected = request.expected_recipient;
      const facts = {
        onChain,
        official: this.#chain.identity.badge,
        now: this.#now(),
        isExpected: expected === undefined ? null : isWhoIsExpected(expected, subject.recipient, this.#chain),
      };
      return this.#verdict([...before, found, ...checksOf(subject, facts)], subject);
    });
  }

  /** Null when only the chain can tell. */
  #followRecords(records: Reader, { gets_id, award_id, tx_hash, contract_address, token_id }: VerifyRequest): Lead | null {
    if (gets_id !== undefined) {
      if (!GETS_ID.test(gets_id)) return { detail: "This is not a GETS ID: seven of the characters A to Z and 2 to 7." };
      const [award] = records.by("awards", "gets_id", gets_id);
      return award ? { award, detail: `The GETS ID ${gets_id} belongs to an award.` } : { detail: `No award has the GETS ID ${gets_id}.` };
    }
    if (award_id !== undefined) {
      if (!AWARD_ID.test(award_id)) return { detail: "This is not the id of an award." };
      const award = records.get("awards", award_id);
      return award ? { award, detail: `The award ${award_id} exists.` } : { detail: `There is no award ${award_id}.` };
    }
    if (tx_hash !== undefined) {
      if (!TX_HASH.test(tx_hash)) return { detail: "This is not the hash of a transaction." };
      const hash = tx_hash.toLowerCase();
      const [award] = [...records.by("awards", "claim", hash), ...claimsWaitingFor(records, hash)];
      return award ? { award, detail: "The transaction is the claim of an award." } : null;
    }
    const contract = this.#chain.checksum(contract_address ?? "");
    if (contract === null) return { detail: "The contract's address is none, or its checksum (EIP-55) is wrong." };
    if (!TOKEN_ID.test(token_id ?? "")) return { detail: "This is not the number of a token." };
    if (contract !== this.#chain.identity.badge) return { foreign: contract };
    return this.#byToken(records, token_id as string);
  }

  /** A transaction that claimed no award we know of: did it make a token that looks like a badge? */
  async #followChain(records: Reader, hash: string, block: number): Promise<Lead> {
    const transfers = await this.#chain.nftTransfers(hash.toLowerCase(), block);
    const ours = transfers.find(({ contract }) => contract === this.#chain.identity.badge);
    if (ours) return this.#byToken(records, String(ours.tokenId));
    const [other] = transfers;
    return other ? { foreign: other.contract } : { detail: "No badge was claimed in such a transaction." };
  }

  #byToken(records: Reader, tokenId: string): Lead {
    const [award] = records.by("awards", "token", tokenId);
    if (!award) return { detail: `The official contract has no badge ${tokenId}.` };
    return { award, detail: `Badge ${tokenId} of the official contract belongs to an award.` };
  }

  async #onChain(award: AwardRecord, block: number): Promise<ChainBadge | null> {
    const isOurs = award.chain?.contract_address === this.#chain.identity.badge;
    return isOurs ? this.#chain.badgeAt(BigInt(award.token_id), block) : null;
  }

  #verdict(checks: Check[], subject: Subject | null): Verdict {
    const status = statusOf(checks);
    const isGhost = checks.some(({ name, passed }) => name === "contract" && !passed);
    return {
      verification: {
        object: "verification",
        verified: status === "valid",
        status,
        checks,
        warnings: isGhost ? ["GHOST_BADGE"] : [],
        award: subject && publicView(this.#show(subject.award)),
        checked_at: new Date(this.#now()).toISOString(),
      },
      subject,
    };
  }
}

function subjectOf(records: Reader, award: AwardRecord): Subject {
  return {
    award,
    badge: records.get("badges", award.badge_id) as Badge,
    sponsor: records.get("users", award.sponsor_id) as User,
    recipient: records.get("users", award.recipient_id) as User,
  };
}

function claimsWaitingFor(records: Reader, hash: string): readonly AwardRecord[] {
  return records.by("awards", "pending", hash).filter(({ pending }) => pending?.action === "claim");
}

function foreignContract(contract: Address, official: Address): Check {
  return { name: "contract", passed: false, detail: `It is of the contract ${contract}; the official one is ${official}.` };
}
