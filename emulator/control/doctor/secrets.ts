import { hash } from "node:crypto";
import type { TableName } from "../../model/tables.ts";
import { Pace } from "../../pace.ts";
import type { Finding, Patient } from "./finding.ts";

/** The tables that may hold a secret: their own only. */
const OWN: readonly TableName[] = ["webhook_secrets", "issuer_keys"];
const KEY = /gets_[a-z]+_[0-9A-Za-z]{20,}/g;

/** Searches what is on disk: every record, and every line of the journal, its history included. Problems do not repeat the secret. */
export async function secrets({ records, lines }: Patient): Promise<Finding> {
  const problems: string[] = [];
  const pace = new Pace();
  const hashes = new Map((records.api_keys ?? []).map((key) => [key.hash, key.id]));
  const own = [
    ...(records.webhook_secrets ?? []).flatMap(({ id, secret, previous }) => [[id, secret] as const, [id, previous] as const]),
    ...(records.issuer_keys ?? []).map(({ id, private_jwk }) => [`the issuer key ${id}`, private_jwk.d as string] as const),
  ].filter((pair): pair is readonly [string, string] => typeof pair[1] === "string" && pair[1] !== "");
  const search = (where: string, text: string, strip: () => string) => {
    for (const [found] of text.matchAll(KEY)) {
      const id = hashes.get(hash("sha256", found));
      if (id !== undefined) problems.push(`${where}: the API key ${id} stands there in clear`);
    }
    const suspects = own.filter(([, secret]) => text.includes(secret));
    const outside = suspects.length > 0 ? strip() : "";
    for (const [id, secret] of suspects) if (outside.includes(secret)) problems.push(`${where}: the secret of ${id} stands there`);
  };
  for (const [table, each] of Object.entries(records)) {
    for (const record of each ?? []) {
      const text = JSON.stringify(record);
      search(`${table} ${record.id}`, text, () => (OWN.includes(table as TableName) ? "" : text));
      if (pace.isDue()) await pace.turn();
    }
  }
  let number = 0;
  for await (const { text } of lines()) search(`line ${++number} of the journal`, text, () => withoutOwn(text));
  return { invariant: "no API key is kept in clear; webhook secrets and the issuer key stand only in their own record", problems };
}

/** A line of the journal without the records that are for secrets. */
function withoutOwn(line: string): string {
  return JSON.stringify(JSON.parse(line), (name, value) => {
    const isOwn = OWN.includes(name as TableName) || (value !== null && typeof value === "object" && OWN.includes(value.table));
    return isOwn ? undefined : value;
  });
}
