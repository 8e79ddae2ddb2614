import type { AnyRecord, Change } from "../model/tables.ts";
import type { User } from "../model/user.ts";
import { type Body, type Exchange, splitUrl } from "./exchange.ts";
import type { Work, Written } from "./work.ts";

/** A request of the log with what it did. */
export interface Logged {
  readonly exchange: Exchange;
  readonly work: Work | null;
  /** It named a user who was deleted since: what it said is gone. */
  readonly scrubbed: boolean;
}

/** A deleted user, by all that a request can have named them with; in lower case. */
export interface Forgotten {
  /** The user's and their awards'; they stay readable, being nobody's data without the rest. */
  readonly ids: readonly string[];
  readonly emails: readonly string[];
  /** Names and external ids: they count as whole JSON strings or parameters, being words that others use too. */
  readonly names: readonly string[];
}

/** `versions`: the user as they were, each time they changed. */
export function forgottenUser(id: string, awardIds: readonly string[], versions: readonly User[]): Forgotten {
  const all = (member: "email" | "display_name" | "external_id") =>
    [...new Set(versions.map((user) => user[member]))].flatMap((each) => (each ? [each.toLowerCase()] : []));
  return {
    ids: [id, ...awardIds].map((each) => each.toLowerCase()),
    emails: all("email"),
    names: [...all("display_name"), ...all("external_id")],
  };
}

/** The records of a user that a request wrote or replaced. */
export function versionsOf({ work }: Logged, id: string): User[] {
  const changes = unitsOf(work).flatMap(({ changes, undo }) => [...changes, ...undo]);
  return changes.flatMap(({ table, record }) => (table === "users" && record?.id === id ? [record] : []));
}

export function isAbout({ exchange, work }: Logged, who: Forgotten): boolean {
  const texts = [unescapedUrl(exchange.url), plain(exchange.request), plain(exchange.response)];
  if (texts.some((text) => says(text, who))) return true;
  return unitsOf(work).some(({ changes, undo }) => [...changes, ...undo].some(({ record }) => record && concerns(record, who)));
}

/** Without bodies, query and values of records. What it did stays the same object, since a later block may still add to it. */
export function scrubbed(logged: Logged, who: Forgotten): Logged {
  const { exchange, work } = logged;
  const { path } = splitUrl(exchange.url);
  const personal = { ...who, ids: [] };
  const url = path !== null && says(unescapedUrl(path), personal) ? "[scrubbed]" : path;
  for (const units of work ? [work.units, work.later] : []) units.splice(0, units.length, ...units.map(withoutValues));
  return { exchange: { ...exchange, url, request: null, response: null }, work, scrubbed: true };
}

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

function says(text: string, { ids, emails, names }: Forgotten): boolean {
  if (text === "") return false;
  return [...ids, ...emails].some((each) => text.includes(each)) || names.some((each) => isWhole(text, each));
}

function isWhole(text: string, name: string): boolean {
  return text.includes(JSON.stringify(name)) || text.includes(`=${name}`);
}

function concerns(record: AnyRecord, { ids }: Forgotten): boolean {
  const { recipient_id, user_id, from, to, subjects } = record as {
    recipient_id?: string;
    user_id?: string;
    from?: { user_id?: string } | null;
    to?: { user_id?: string } | null;
    subjects?: readonly string[];
  };
  const named = [record.id, recipient_id, user_id, from?.user_id, to?.user_id, ...(subjects ?? [])];
  return named.some((each) => typeof each === "string" && ids.includes(each.toLowerCase()));
}

function unitsOf(work: Work | null): readonly Written[] {
  return work ? [...work.units, ...work.later] : [];
}

/** In lower case, with escapes of JSON resolved, whichever of them the client has chosen to write. */
function plain(body: Body | null): string {
  if (!body) return "";
  const text = body.text.includes("\\u")
    ? body.text.replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : body.text;
  return text.toLowerCase();
}

function unescapedUrl(url: string | null): string {
  const text = (url ?? "").replaceAll("+", " ");
  try {
    return decodeURIComponent(text).toLowerCase();
  } catch {
    return text.toLowerCase();
  }
}
