import type { DocumentedOperation } from "./document.ts";
import type { Random } from "./random.ts";

/** Ids as this API writes them: a prefix and a ULID. Random ones are nobody's; a target with other ids does not know them either. */
const PREFIX: Readonly<Record<string, string>> = {
  user_id: "usr",
  transaction_id: "txn",
  badge_id: "bdg",
  award_id: "awd",
  achievement_id: "ach",
  event_id: "evt",
  api_key_id: "key",
  webhook_endpoint_id: "whe",
  delivery_id: "dlv",
};

/** A well-formed id for a path parameter that names nothing. */
export function unknownId(random: Random, parameter: string): string {
  return `${PREFIX[parameter] ?? "obj"}_0${random.base32(25)}`;
}

/** Values for all parameters of an operation's path that name nothing. */
export function strangers(random: Random, { path }: Pick<DocumentedOperation, "path">): Record<string, string> {
  return Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, unknownId(random, name)]));
}
