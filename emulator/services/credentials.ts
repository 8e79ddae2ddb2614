import { isDeepStrictEqual } from "node:util";
import type { AwardRecord } from "../model/award.ts";
import type { Badge } from "../model/badge.ts";
import { refuse } from "../model/errors.ts";
import type { IssuerKey } from "../model/issuer-key.ts";
import type { User } from "../model/user.ts";
import type { CredentialPayload, Credentials as Signer } from "../ports/credentials.ts";
import type { Reader } from "../ports/store.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import { credentialPayload, credentialUrl, issuerOf, issuerProfile, revocationsUrl, type Stated } from "./credential-payload.ts";

/** What `inspect` found out about a credential. It says nothing of revocation: that is the award's state. */
export interface Inspection {
  /** Signed by this sandbox, unaltered, and in agreement with the records. */
  readonly valid: boolean;
  /** The award that it is of, also when its content disagrees with the records; null if it is not ours, altered, or of no known award. */
  readonly awardId: string | null;
  /** Why, as a sentence. */
  readonly detail: string;
}

/** Awards as Open Badges 3.0 credentials, and what their verifiers need. */
export class Credentials {
  readonly #signer: Signer;
  readonly #base: () => string;
  /** The key last used or made. A restore to before it was stored brings the same one back, so clients may keep the key set. */
  #known: Promise<Omit<IssuerKey, "created_at">> | null = null;

  /** `base`: the address that the API is served at, ending in /v1. */
  constructor(signer: Signer, base: () => string) {
    this.#signer = signer;
    this.#base = base;
  }

  /** The credential of an award, as a compact JWT. Throws AWARD_NOT_CLAIMED; a revoked award keeps its credential. */
  async of(world: UnitOfWork, award: AwardRecord): Promise<string> {
    if (!isClaimed(award)) {
      throw refuse("AWARD_NOT_CLAIMED", `The award is ${award.status} and was never claimed, so there is no credential.`, "");
    }
    const base = this.#base();
    const payload = credentialPayload(statedBy(world.records, award), base);
    const key = await this.#key(world);
    return await this.#signer.sign(payload, key, kidOf(base, key));
  }

  /** The public key, as a JSON Web Key Set (RFC 7517 §5): under its `kid`, and under the one that earlier releases wrote. */
  async keySet(world: UnitOfWork) {
    const key = await this.#key(world);
    const base = this.#base();
    return { keys: [kidOf(base, key), formerKidOf(base, key)].map((kid) => this.#signer.publicJwk(key, kid)) };
  }

  /** A public key alone, as a JSON Web Key (RFC 7517 §4). Throws ISSUER_KEY_NOT_FOUND. */
  async publicKey(world: UnitOfWork, id: string) {
    const key = world.records.get("issuer_keys", id) ?? (await this.#key(world));
    if (key.id !== id) throw refuse("ISSUER_KEY_NOT_FOUND", `No credential is signed with a key ${id}.`, "/key_id");
    return this.#signer.publicJwk(key, kidOf(this.#base(), key));
  }

  issuer() {
    return issuerProfile(this.#base());
  }

  /**
   * All revoked credentials (1EdTech Revocation List Status Method). An award revoked before it was claimed had none. The method's text
   * speaks of `revokedCredentials`, 1EdTech's own validator reads `revokedCredential`: a verifier that finds neither would take each
   * revoked credential for good, so the list has both.
   */
  revocations(records: Reader) {
    const base = this.#base();
    const revoked = records.by("awards", "revoked", "revoked").map(({ id }) => ({ id: credentialUrl(base, id), revoked: true }));
    return { id: revocationsUrl(base), issuer: issuerOf(base).id, revokedCredential: revoked, revokedCredentials: revoked };
  }

  /** Whether a credential is one of this sandbox. Where the sandbox stood when it was issued – host, port – does not matter. */
  async inspect({ records }: Pick<UnitOfWork, "records">, jwt: string): Promise<Inspection> {
    const payload = await this.#signer.verify(jwt, records.newest("issuer_keys", { limit: 10 }));
    if (!payload) return { valid: false, awardId: null, detail: "It is altered, or not signed by this issuer." };
    const [, base, id] = /^(.*)\/awards\/(awd_\w+)\/credential$/.exec(String(payload.jti)) ?? [];
    const award = id === undefined ? undefined : records.get("awards", id);
    if (!award || !isClaimed(award)) return { valid: false, awardId: null, detail: "It is of an award that does not exist here." };
    const expected = credentialPayload(statedBy(records, award), base as string);
    const agrees = isDeepStrictEqual(unchangeable(payload), unchangeable(expected));
    if (!agrees) return { valid: false, awardId: award.id, detail: "It states another recipient, badge or time than the award has." };
    return { valid: true, awardId: award.id, detail: "It is signed by this issuer and agrees with the award." };
  }

  /** The issuer's key; made and stored when it is first needed. */
  async #key(world: UnitOfWork): Promise<IssuerKey> {
    const kept = newestKey(world.records);
    if (kept) {
      this.#known = Promise.resolve(kept);
      return kept;
    }
    this.#known ??= this.#signer.newKey();
    const made = await this.#known;
    try {
      return await world.run({}, (unit) => {
        const key = newestKey(unit) ?? { ...made, created_at: unit.at };
        unit.put("issuer_keys", key);
        return key;
      });
    } catch (cause) {
      throw new Error("the issuer key could not be stored", { cause });
    }
  }
}

function newestKey(records: Reader): IssuerKey | undefined {
  return records.newest("issuer_keys", { limit: 1 })[0];
}

/** "A URI that can be dereferenced to an object of type JWK representing the public key" (Open Badges 3.0 §8.2.4.1). */
function kidOf(base: string, { id }: IssuerKey): string {
  return `${base}/jwks/${id}`;
}

/** It stands in credentials of earlier releases. */
function formerKidOf(base: string, { id }: IssuerKey): string {
  return `${base}/jwks.json#${id}`;
}

export function isClaimed({ claimed_at }: AwardRecord): boolean {
  return claimed_at !== null;
}

function statedBy(records: Reader, award: AwardRecord): Stated {
  const badge = records.get("badges", award.badge_id) as Badge;
  return { award, badge, recipient: records.get("users", award.recipient_id) as User };
}

/** What never changes about a credential, unlike the description, picture and tags of its badge. */
function unchangeable(payload: CredentialPayload) {
  const { id, type, issuer, validFrom, credentialSubject, iss, jti, nbf, sub } = payload as ReturnType<typeof credentialPayload>;
  const { achievement } = credentialSubject ?? {};
  return [id, type, issuer?.id, validFrom, credentialSubject?.id, achievement?.id, achievement?.name, iss, jti, nbf, sub];
}
