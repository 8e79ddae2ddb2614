import type { Verdict, Verifier } from "../../services/verification.ts";
import { VERIFICATION_HEADERS, verificationPage } from "../pages/verification.ts";
import { ok, type Reads, type Reply } from "./handler.ts";

/** Operations tagged Verification. Both are reads: verifyBadge is a POST for the size of a credential, and changes nothing. */
export function verificationOperations(verifier: Verifier) {
  const reads: Reads<"verifyBadge" | "verifyByGetsId"> = {
    async verifyBadge({ body, world }) {
      return verdictReply(await verifier.verify(world, body));
    },
    async verifyByGetsId({ params, world, type }) {
      const verdict = await verifier.verify(world, { gets_id: params.gets_id });
      if (type !== "text/html") return verdictReply(verdict);
      return { type, body: verificationPage(verdict), headers: VERIFICATION_HEADERS };
    },
  };
  return { reads, writes: {} };
}

function verdictReply({ verification, subject }: Verdict): Reply {
  const subjects = subject ? [subject.recipient.id] : [];
  return { ...ok(verification, sentenceOf(verification.status, subject?.badge.title ?? "")), subjects };
}

function sentenceOf(status: Verdict["verification"]["status"], title: string): string {
  switch (status) {
    case "valid":
      return `${title} is genuine and in force.`;
    case "revoked":
      return `${title} was revoked.`;
    case "expired":
      return `${title} was not claimed in time.`;
    case "not_claimed":
      return `${title} has not been claimed.`;
    case "contract_mismatch":
      return "This is not a badge of the official contract.";
    case "owner_mismatch":
      return `${title} is somebody else's.`;
    case "invalid_credential":
      return "The credential is not genuine.";
    case "not_found":
      return "No such badge is known.";
  }
}
