import type { AnyRecord, Change } from "../model/tables.ts";
import type { User } from "../model/user.ts";
import { textOf } from "./body.ts";
import { type Exchange, headersText, splitUrl } from "./exchange.ts";
import type { Work, Written } from "./work.ts";

/** A request of the log with what it did. */
export interface Logged {
  /** Running, from 0. */
  readonly number: number;
  readonly exchange: Exchange;
  readonly work: Work | null;
  /** It named a user who was deleted since: what it said is gone. */
  readonly scrubbed: boolean;
}

/** A deleted user, by all that a request can have named them with. */
export interface Forgotten {
  /** The user's and their awards'; they stay readable, being nobody's data without the rest. */
  readonly ids: readonly string[];
  /** Addresses, and names and external ids as whole JSON strings or parameters, being words that others use too; in lower case. */
  readonly personal: readonly string[];
  /** Both, in lower case: what a text about them has in it. */
  readonly signs: readonly string[];
}

/** `versions`: the user as they were, each time they changed. */
export function forgottenUser(id: string, awardIds: readonly string[], versions: readonly User[]): Forgotten {
  const all = (member: "email" | "display_name" | "external_id") =>
    [...new Set(versions.map((user) => user[member]))].flatMap((each) => (each ? [each.toLowerCase()] : []));
  const names = [...all("display_name"), ...all("external_id")];
  const ids = [id, ...awardIds];
  const personal = [...all("email"), ...names.flatMap((name) => [JSON.stringify(name), `=${name}`])];
  return { ids, personal, signs: [...ids.map((each) => each.toLowerCase()), ...personal] };
}

/** The records of users that a request wrote or replaced. */
export function usersOf(work: Work): User[] {
  return changesOf(work).flatMap(({ table, record }) => (table === "users" && record ? [record] : []));
}

/** `text`: what the request said, for who asks about several users. */
export function isAbout({ exchange, work }: Logged, { signs, ids }: Forgotten, text = saidBy(exchange)): boolean {
  if (signs.some((sign) => text.includes(sign))) return true;
  return work !== null && changesOf(work).some(({ record }) => record && concerns(record, ids));
}

/** Without bodies, headers, query and values of records. What it did stays the same object, since a later block may still add to it. */
export function scrubbed(logged: Logged, who: Forgotten): Logged {
  const { exchange, work } = logged;
  const { path } = splitUrl(exchange.url);
  const plainPath = unescaped(path ?? "").toLowerCase();
  const url = who.personal.some((each) => plainPath.includes(each)) ? "[scrubbed]" : path;
  for (const units of work ? [work.units, work.later] : []) units.splice(0, units.length, ...units.map(withoutValues));
  return { ...logged, exchange: { ...exchange, ...NOTHING_SAID, url }, scrubbed: true };
}

const NOTHING_SAID = { requestHeaders: [], request: null, unread: null, responseHead: null, response: null } as const;

function withoutValues(written: Written): Written {
  const blank = (change: Change) => ({ ...change, record: change.record && statusOnly(change.record) }) as Change;
  return { ...written, changes: written.changes.map(blank), undo: written.undo.map(blank), events: [] };
}

function statusOnly(record: AnyRecord): object {
  const { event_id, type } = record as { event_id?: string; type?: string };
  return {
    id: record.id,
    ...("status" in record ? { status: record.status } : {}),
    ...(event_id ? { event_id } : {}),
    ...(type ? { type } : {}),
  };
}

function concerns(record: AnyRecord, ids: readonly string[]): boolean {
  const { recipient_id, user_id, from, to, subjects } = record as {
    recipient_id?: string;
    user_id?: string;
    from?: { user_id?: string } | null;
    to?: { user_id?: string } | null;
    subjects?: readonly string[];
  };
  return ids.some((id) => [record.id, recipient_id, user_id, from?.user_id, to?.user_id].includes(id) || (subjects?.includes(id) ?? false));
}

function changesOf({ units, later }: Work): readonly Change[] {
  return [...units, ...later].flatMap(({ changes, undo }) => [...changes, ...undo]);
}

/** All that a request said, in lower case, its escapes resolved, whichever of them the client has chosen to write. */
export function saidBy(exchange: Exchange): string {
  const { url, request, response } = exchange;
  const target = `${url ?? ""}\n${headersText(exchange)}`;
  const text = `${target}\n${unescaped(target)}\n${request ? textOf(request) : ""}\n${response ? textOf(response) : ""}`;
  const plain = text.includes("\\u")
    ? text.replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
  return plain.toLowerCase();
}

function unescaped(text: string): string {
  return text.replaceAll("+", " ").replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}
