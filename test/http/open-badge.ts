/**
 * What Open Badges 3.0 demands of an AchievementCredential, as a JSON Schema of our own after the data model of the specification
 * (Appendix B; document version of April 2025). The schema that 1EdTech publishes
 * (https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json) says the same of these classes; its
 * licence (https://www.imsglobal.org/speclicense.html) does not let it be handed on here. Classes that no credential of ours uses –
 * endorsements, results, alignments, embedded proofs – are refused instead of described.
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const uri = { type: "string", format: "uri" };
const text = { type: "string" };
/** Cardinality "1..* array-compacted": one, or a list. */
const types = (...needed: readonly string[]) => ({
  anyOf: [
    { type: "string", enum: needed },
    { type: "array", minItems: 1, items: text, allOf: needed.map((each) => ({ contains: { const: each } })) },
  ],
});

/** "DateTimeZ": with a time zone, always. */
const dateTimeZ = { type: "string", format: "date-time", pattern: "(Z|[+-]\\d\\d:\\d\\d)$" };

const image = {
  type: "object",
  required: ["id", "type"],
  properties: { id: uri, type: { const: "Image" }, caption: text },
  additionalProperties: false,
};

const profile = {
  type: "object",
  required: ["id", "type"],
  properties: { id: uri, type: types("Profile"), name: text, url: uri, description: text, image },
  additionalProperties: false,
};

const achievement = {
  type: "object",
  required: ["id", "type", "criteria", "description", "name"],
  properties: {
    id: uri,
    type: types("Achievement"),
    criteria: { type: "object", properties: { id: uri, narrative: text }, minProperties: 1, additionalProperties: false },
    description: text,
    name: text,
    image,
    tag: { type: "array", items: text },
  },
  additionalProperties: false,
};

const subject = {
  type: "object",
  required: ["type", "achievement", "id"], // "Either id or at least one identifier MUST be supplied."
  properties: { id: uri, type: types("AchievementSubject"), achievement },
  additionalProperties: false,
};

const credential = {
  type: "object",
  required: ["@context", "id", "type", "issuer", "validFrom", "credentialSubject"],
  properties: {
    "@context": {
      type: "array",
      minItems: 2,
      prefixItems: [
        { const: "https://www.w3.org/ns/credentials/v2" },
        { type: "string", pattern: "^https://purl\\.imsglobal\\.org/spec/ob/v3p0/context(-3\\.\\d\\.\\d)*\\.json$" },
      ],
      items: { type: ["string", "object"] },
    },
    id: uri,
    type: {
      type: "array",
      items: text,
      allOf: [{ contains: { const: "VerifiableCredential" } }, { contains: { enum: ["AchievementCredential", "OpenBadgeCredential"] } }],
    },
    name: text,
    description: text,
    image,
    awardedDate: dateTimeZ,
    issuer: { anyOf: [uri, profile] },
    validFrom: dateTimeZ,
    validUntil: dateTimeZ,
    credentialSubject: subject,
    credentialStatus: { type: "object", required: ["id", "type"], properties: { id: uri, type: text }, additionalProperties: false },
    // §8.2.4.1, the claims beside it.
    iss: uri,
    jti: uri,
    nbf: { type: "integer" },
    sub: uri,
  },
  additionalProperties: false,
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(credential);

interface Claims extends Readonly<Record<"iss" | "sub" | "jti" | "id" | "validFrom", string>> {
  readonly nbf: number;
  readonly issuer: { readonly id: string };
  readonly credentialSubject: { readonly id: string };
}

/** Everything in the payload of a JWT that Open Badges 3.0 does not allow; empty if it is a good credential. */
export function openBadgeFaults(payload: unknown): string[] {
  if (!validate(payload)) return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
  const { iss, sub, jti, nbf, id, issuer, credentialSubject, validFrom } = payload as unknown as Claims;
  const faults: string[] = [];
  // §8.2.5: "MUST match the issuer.id", "MUST match the credentialSubject.id", "MUST equal the validFrom".
  if (iss !== issuer.id) faults.push("iss is not issuer.id");
  if (sub !== credentialSubject.id) faults.push("sub is not credentialSubject.id");
  if (jti !== id) faults.push("jti is not id");
  if (nbf !== Date.parse(validFrom) / 1000) faults.push("nbf is not validFrom");
  return faults;
}
