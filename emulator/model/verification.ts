import type { components } from "../../spec/types.ts";
import type { Award } from "./award.ts";

/** Whether a badge is genuine and in force. */
export type Verification = components["schemas"]["Verification"];
export type VerificationStatus = components["schemas"]["VerificationStatus"];
export type Check = components["schemas"]["VerificationCheck"];
export type VerifyRequest = components["schemas"]["VerifyRequest"];
/** An award as everybody may see it. */
type PublicAward = components["schemas"]["PublicAward"];

/** Leaves out what was written about the recipient, and by them. */
export function publicView({ evidence, narrative, review, metadata, ...shown }: Award): PublicAward {
  return shown;
}
