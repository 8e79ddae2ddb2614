/**
 * What 1EdTech's public validator does with a badge that somebody pastes, after its source
 * (https://github.com/1EdTech/digital-credentials-public-validator 1.11.0, OB30Inspector and the probes that it runs), in its order. It
 * knows of the sandbox only the addresses that the credential has. Left out: JSON-LD (test/tools/json-ld.deep.test.ts), refresh services
 * and endorsements, which no credential of ours has. Its JSON Schema is ours (open-badge.ts).
 */
import { createPublicKey, verify } from "node:crypto";
import { openBadgeFaults } from "./open-badge.ts";

type Json = Readonly<Record<string, unknown>>;

interface Jwk {
  readonly kty?: string;
  readonly n?: string;
  readonly e?: string;
}

/** ContextPropertyProbe: the first is compared, the second may be another version. */
const CONTEXTS = [
  /^https:\/\/www\.w3\.org\/ns\/credentials\/v2$/,
  /^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context(-\d+\.\d+\.\d+)*\.json$/,
];

/** Everything that it reports, with the probe's name; empty for a badge that it finds good. `now`: ms since the epoch. */
export async function validatorFaults(credential: string, now = Date.now()): Promise<string[]> {
  const parts = credential.split(".");
  if (parts.length !== 3) return ["CredentialParseProbe: invalid jwt"];
  const payload = decoded(parts[1]);
  const badge = (payload.vc ?? payload) as Json;
  return [
    ...CONTEXTS.flatMap((context, at) =>
      context.test(listOf(badge["@context"])[at] ?? "") ? [] : [`ContextPropertyProbe: position ${at + 1}`],
    ),
    ...(listOf(badge.type).includes("VerifiableCredential") ? [] : ["TypePropertyProbe: not a VerifiableCredential"]),
    ...(listOf(badge.type).some((type) => /^(OpenBadge|Achievement)Credential$/.test(type)) ? [] : ["TypePropertyProbe: not a badge"]),
    ...openBadgeFaults(badge).map((fault) => `JsonSchemasProbe: ${fault}`),
    ...(listOf((badge.issuer as Json).type).includes("Profile") ? [] : ["IssuerProbe: not a Profile"]),
    ...(await unreachable((badge.issuer as Json).url as string)),
    ...(await badProof(parts, now)),
    ...(await revoked(badge)),
    ...(Date.parse(badge.validFrom as string) > now ? ["IssuanceProbe: not yet valid"] : []),
    ...(Date.parse(badge.validUntil as string) < now ? ["ExpirationProbe: expired"] : []),
  ];
}

async function unreachable(url: string): Promise<string[]> {
  return (await fetch(url)).ok ? [] : [`IssuerProbe: url "${url}" is not accessible`];
}

/** ExternalProofProbe: one JWK from the address in `kid`, then java-jwt, which also looks at `exp`, `nbf` and `iat`. */
async function badProof([header = "", body = "", signature = ""]: string[], now: number): Promise<string[]> {
  const { alg, kid } = decoded(header) as { alg: string; kid: string };
  if (alg !== "RS256" && alg !== "ES256") return ["ExternalProofProbe: alg must be present and must be either 'RS256' or 'ES256'"];
  const answer = await fetch(kid);
  const jwk: Jwk = answer.status === 200 ? ((await answer.json()) as Jwk) : {};
  if (jwk.kty?.toUpperCase() !== "RSA") return [`ExternalProofProbe: ${kid} leads to no JWK`];
  const key = createPublicKey({ format: "jwk", key: { ...jwk } });
  if (!verify("sha256", Buffer.from(`${header}.${body}`), key, Buffer.from(signature, "base64url")))
    return ["ExternalProofProbe: JWT Invalid signature"];
  const { nbf, iat, exp } = decoded(body) as { nbf?: number; iat?: number; exp?: number };
  const seconds = now / 1000;
  const isOutside = (nbf ?? 0) > seconds || (iat ?? 0) > seconds || (exp ?? Number.POSITIVE_INFINITY) < seconds;
  return isOutside ? ["ExternalProofProbe: one or more claims are invalid"] : [];
}

/** RevocationListProbe: `revokedCredential`, whatever else the list has. */
async function revoked({ id, credentialStatus }: Json): Promise<string[]> {
  const { type, id: url } = credentialStatus as { type: string; id: string };
  if (type !== "1EdTechRevocationList") return [];
  const list = (await (await fetch(url, { headers: { Accept: "application/json" } })).json()) as { revokedCredential?: Json[] };
  const found = list.revokedCredential?.some((each) => each.id === id && (each.revoked ?? true) === true);
  return found ? ["RevocationListProbe: Credential has been revoked"] : [];
}

function decoded(part = ""): Json {
  return JSON.parse(Buffer.from(part, "base64url").toString()) as Json;
}

/** "array-compacted": one, or a list. */
function listOf(value: unknown): string[] {
  return [value ?? []].flat() as string[];
}
