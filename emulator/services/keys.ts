import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ApiKey, ApiKeyRecord, Scope, Session } from "../model/api-key.ts";
import { type ApiError, refuse } from "../model/errors.ts";
import { isWritable } from "../model/instant.ts";
import type { Page, PageQuery } from "../model/page.ts";
import type { Reader } from "../ports/store.ts";
import type { Unit } from "../ports/unit-of-work.ts";
import { page } from "./pages.ts";
import { SessionKeys } from "./session-keys.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX = "gets_test_";

export const ALL_SCOPES: readonly Scope[] = [
  "users:read",
  "users:write",
  "tokens:read",
  "tokens:mint",
  "tokens:transfer",
  "badges:read",
  "badges:write",
  "awards:read",
  "awards:write",
  "achievements:read",
  "achievements:write",
  "webhooks:read",
  "webhooks:write",
  "events:read",
  "keys:read",
  "keys:write",
];

/** The key of every new sandbox, the same on every machine, so that docs and tests can name it. Worth nothing elsewhere. */
export const DEFAULT_KEY = withChecksum("GetSmartSandboxDefaultKey00000");

/** So many keys' hashes are remembered, in memory only. */
const REMEMBERED = 100;

/** API keys: `gets_test_`, 30 random characters, and six that check the rest. Only a hash is stored. */
export class Keys {
  readonly #records: Reader;
  readonly #now: () => number;
  readonly #draw: (alphabet: string, length: number) => string;
  readonly #hashes = new Map<string, string>();
  readonly #sessions = new SessionKeys();

  /** `draw`: characters out of an alphabet that follow from no seed and leave every counter as it is. */
  constructor(records: Reader, now: () => number, draw: (alphabet: string, length: number) => string) {
    this.#records = records;
    this.#now = now;
    this.#draw = draw;
  }

  /** The hash of well-formed credentials, or null. Clients send the same few with every request: the latest are remembered. */
  #hashOf(credentials: string): string | null {
    const known = this.#hashes.get(credentials);
    if (known !== undefined) return known;
    if (!isWellFormed(credentials)) return null;
    const hash = hashOf(credentials);
    if (this.#hashes.size === REMEMBERED) this.#hashes.clear();
    this.#hashes.set(credentials, hash);
    return hash;
  }

  /** The key for these credentials, or null when it is malformed, unknown, revoked or expired. */
  authenticate(credentials: string): ApiKeyRecord | null {
    const hash = this.#hashOf(credentials);
    if (hash === null) return null;
    const [key] = this.#records.by("api_keys", "hash", hash);
    if (!key) return this.#sessions.find(hash);
    if (key.revoked_at !== null || (key.expires_at !== null && Date.parse(key.expires_at) <= this.#now())) return null;
    return key;
  }

  /** Opens a session: it is in no record and draws nothing from the seed, so that a run with one is the same as a run without. */
  openSession(scopes: readonly Scope[] = ALL_SCOPES): Session {
    const secret = withChecksum(this.#draw(BASE62, 30));
    const created_at = new Date(this.#now()).toISOString();
    this.#sessions.open({ scopes, hash: hashOf(secret), last4: secret.slice(-4), created_at });
    return { secret, scopes };
  }

  /** Whether any session was opened. */
  get hasSessions(): boolean {
    return !this.#sessions.isEmpty;
  }

  /** Whether these are the credentials of an open session. */
  isSession(credentials: string): boolean {
    const hash = this.#hashOf(credentials);
    return hash !== null && this.#sessions.find(hash) !== null;
  }

  /** The id of a key given by its id or its secret; null for none, and for a session. */
  idOf(key: string): string | null {
    const found = this.#records.get("api_keys", key) ?? this.authenticate(key);
    return found && !found.session ? found.id : null;
  }

  /** Throws SCOPE_NOT_GRANTABLE beyond the granting key's scopes, VALIDATION_FAILED for an expiry that is past. */
  create(unit: Unit, input: { name: string; scopes: readonly Scope[]; expires_at?: string | null }, granting: ApiKeyRecord | null): ApiKey {
    const expiry = input.expires_at ? Date.parse(input.expires_at) : null;
    if (expiry !== null && !isWritable(expiry)) {
      throw refuse("VALIDATION_FAILED", "expires_at must be an RFC 3339 instant, such as 2027-01-01T00:00:00Z.", "/expires_at");
    }
    if (expiry !== null && !(expiry > unit.now)) {
      throw refuse("VALIDATION_FAILED", "expires_at must be an instant in the future.", "/expires_at");
    }
    if (granting) refuseBeyond(granting, input.scopes, "/scopes");
    return this.#issue(unit, {
      id: unit.newId("key"),
      object: "api_key",
      name: input.name,
      scopes: input.scopes,
      expires_at: expiry === null ? null : new Date(expiry).toISOString(),
      revoked_at: null,
      created_at: unit.at,
    });
  }

  /** The default key, for a new sandbox. */
  createDefault(unit: Unit): void {
    this.#issue(
      unit,
      {
        id: unit.newId("key"),
        object: "api_key",
        name: "Default key",
        scopes: ALL_SCOPES,
        expires_at: null,
        revoked_at: null,
        created_at: unit.at,
      },
      DEFAULT_KEY,
    );
  }

  /** Throws API_KEY_NOT_FOUND. */
  get(records: Reader, id: string): ApiKey {
    return shown(this.#find(records, id));
  }

  /** The record of a key that has not been revoked. Throws API_KEY_NOT_FOUND. */
  unrevoked(records: Reader, id: string, path?: string): ApiKeyRecord {
    const key = this.#find(records, id, path);
    if (key.revoked_at !== null) throw keyNotFound(path);
    return key;
  }

  list(records: Reader, query: PageQuery): Page<ApiKey> {
    const found = page(records, "api_keys", query, {});
    return { ...found, items: found.items.map(shown) };
  }

  /** A new secret for the same key; the old one ends at once. Throws API_KEY_NOT_FOUND, SCOPE_NOT_GRANTABLE. */
  roll(unit: Unit, id: string, granting: ApiKeyRecord): ApiKey {
    const key = this.unrevoked(unit, id);
    refuseBeyond(granting, key.scopes, "/api_key_id");
    const { hash: _hash, last4: _last4, ...kept } = key;
    return this.#issue(unit, kept);
  }

  /** `path`: where the id was given. Throws API_KEY_NOT_FOUND. */
  revoke(unit: Unit, id: string, path?: string): void {
    unit.put("api_keys", { ...this.unrevoked(unit, id, path), revoked_at: unit.at });
  }

  #issue(unit: Unit, key: Omit<ApiKeyRecord, "hash" | "last4">, secret = withChecksum(unit.secret(BASE62, 30))): ApiKey {
    const record: ApiKeyRecord = { ...key, last4: secret.slice(-4), hash: hashOf(secret) };
    unit.put("api_keys", record);
    return { ...shown(record), secret };
  }

  #find(records: Reader, id: string, path?: string): ApiKeyRecord {
    const key = records.get("api_keys", id);
    if (!key) throw keyNotFound(path);
    return key;
  }
}

/** As answered: without the hash, and without a secret. */
export function shown({ hash: _hash, ...key }: ApiKeyRecord): ApiKey {
  const { id, object, name, scopes, last4, expires_at, revoked_at, created_at } = key;
  return { id, object, name, scopes, last4, secret: null, expires_at, revoked_at, created_at };
}

/** The six characters after the first forty: their CRC-32 (IEEE) in base62, padded with zeros. */
function withChecksum(random: string): string {
  const body = PREFIX + random;
  let sum = crc32(body);
  let digits = "";
  for (let i = 0; i < 6; i++) {
    digits = BASE62[sum % 62] + digits;
    sum = Math.floor(sum / 62);
  }
  return body + digits;
}

export function isWellFormed(key: string): boolean {
  return /^gets_test_[0-9A-Za-z]{36}$/.test(key) && withChecksum(key.slice(PREFIX.length, 40)) === key;
}

function hashOf(secret: string): string {
  return hash("sha256", secret, "hex");
}

function refuseBeyond(granting: ApiKeyRecord, scopes: readonly Scope[], path: string): void {
  const beyond = scopes.filter((scope) => !granting.scopes.includes(scope));
  if (beyond.length === 0) return;
  throw refuse("SCOPE_NOT_GRANTABLE", `The API key in use lacks ${beyond.join(" ")}, so it cannot grant that.`, path);
}

/** Does not repeat the id: whoever sends the key instead of its id must not find it in an answer or a log. */
export function keyNotFound(path = "/api_key_id"): ApiError {
  return refuse("API_KEY_NOT_FOUND", "There is no usable API key with this id.", path);
}
