import type { AwardRecord } from "../model/award.ts";
import type { Badge } from "../model/badge.ts";
import type { User } from "../model/user.ts";

/** What a credential states: its award, the badge, and whose it is. */
export interface Stated {
  readonly award: AwardRecord;
  readonly badge: Badge;
  readonly recipient: User;
}

/**
 * Open Badges 3.0, AchievementCredential `@context`: the first two in this order. The third defines `1EdTechRevocationList`, without which
 * a JSON-LD processor in safe mode refuses the credential.
 */
const CONTEXT = [
  "https://www.w3.org/ns/credentials/v2",
  "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
  "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
] as const;

/** Where a credential is found: it is also its id, and `jti`. */
export function credentialUrl(base: string, awardId: string): string {
  return `${base}/awards/${awardId}/credential`;
}

export function revocationsUrl(base: string): string {
  return `${base}/credential-revocations`;
}

/** The issuer as a Profile of Open Badges 3.0. */
export function issuerOf(base: string) {
  return {
    id: `${base}/issuer`,
    type: ["Profile"],
    name: "Get Smart Token sandbox",
    // A page that exists: validators look whether it can be reached.
    url: `${base}/docs`,
    description: "A sandbox. Its badges are worth nothing.",
  };
}

/** The profile as a document of its own. */
export function issuerProfile(base: string) {
  return { "@context": CONTEXT, ...issuerOf(base) };
}

/**
 * The payload of an award's JWT: an OpenBadgeCredential, and the claims that repeat it (Open Badges 3.0 §8.2.4.1). No e-mail address,
 * no evidence, no name of a person: learners can be minors, and what is signed cannot be taken back.
 */
export function credentialPayload({ award, badge, recipient }: Stated, base: string) {
  const id = credentialUrl(base, award.id);
  const issuer = issuerOf(base);
  const nbf = Math.floor(Date.parse(award.claimed_at as string) / 1000);
  const subject = `did:pkh:${recipient.wallet.account}`;
  return {
    "@context": CONTEXT,
    id,
    type: ["VerifiableCredential", "OpenBadgeCredential"],
    name: badge.title,
    issuer,
    // "The nbf claim … MUST equal the validFrom" (§8.2.5), and nbf is written in whole seconds.
    validFrom: new Date(nbf * 1000).toISOString(),
    credentialSubject: { id: subject, type: ["AchievementSubject"], achievement: achievementOf(badge, base) },
    credentialStatus: { id: revocationsUrl(base), type: "1EdTechRevocationList" },
    iss: issuer.id,
    jti: id,
    nbf,
    sub: subject,
  };
}

/** The badge as an Achievement. Its level is one of the tags; a picture given as data stands in the award's own picture only. */
function achievementOf(badge: Badge, base: string) {
  const tag = [...new Set([...badge.tags, ...(badge.level ? [badge.level.name] : [])])];
  return {
    id: `${base}/badges/${badge.id}`,
    type: ["Achievement"],
    name: badge.title,
    description: badge.description,
    criteria: { ...(badge.criteria.url === null ? {} : { id: badge.criteria.url }), narrative: badge.criteria.narrative },
    ...(badge.image_url?.startsWith("https:") ? { image: { id: badge.image_url, type: "Image" } } : {}),
    ...(tag.length > 0 ? { tag } : {}),
  };
}
