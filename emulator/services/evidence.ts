import type { Evidence, EvidenceInput } from "../model/award.ts";
import type { Badge } from "../model/badge.ts";
import { refuse } from "../model/errors.ts";

/** A badge, or what stands for none. */
type Asking = Pick<Badge, "evidence_requirements">;

/** Evidence as kept. Throws VALIDATION_FAILED for a requirement that the badge does not have, or has with another type. */
export function evidenceFor(badge: Asking, items: readonly EvidenceInput[]): Evidence[] {
  return items.map((item, at) => {
    const { requirement_id = null, type, value, description = null } = item;
    const requirement = badge.evidence_requirements.find(({ id }) => id === requirement_id);
    if (requirement_id !== null && requirement?.type !== type) {
      const why = requirement ? `asks for a ${requirement.type}, not a ${type}` : "is not one of the badge";
      throw refuse("VALIDATION_FAILED", `The requirement ${requirement_id} ${why}.`, `/evidence/${at}/requirement_id`);
    }
    return { requirement_id, type, value, description };
  });
}

/** Evidence that was kept for a badge which has changed since: an item goes without a requirement that the badge does not have any more. */
export function fitting({ evidence_requirements }: Asking, items: readonly Evidence[]): Evidence[] {
  const fits = (item: Evidence) => evidence_requirements.some(({ id, type }) => id === item.requirement_id && type === item.type);
  return items.map((item) => (fits(item) ? item : { ...item, requirement_id: null }));
}

/** Throws EVIDENCE_REQUIRED naming the first required requirement that no item meets. */
export function refuseMissingEvidence(badge: Badge, items: readonly EvidenceInput[]): void {
  const missing = badge.evidence_requirements.find(({ id, required }) => required && !items.some((item) => item.requirement_id === id));
  if (!missing) return;
  throw refuse("EVIDENCE_REQUIRED", `The application lacks: ${missing.label}.`, "/evidence", { requirement_id: missing.id });
}
