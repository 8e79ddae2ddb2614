import { strangerTo } from "./keys.ts";
import { markOf } from "./made.ts";
import { Untestable } from "./outcomes.ts";
import type { BaseProbe } from "./probe.ts";
import type { Session } from "./session.ts";

/** API keys beside the run's own. */
export interface Keyring {
  readonly apiKey: string;
  /** Of the same shape, and nobody's. */
  strangerKey(): string;
  /** A second key of the same account: given, or made for the run. */
  secondKey(): Promise<string>;
  /** The key whose quota may be used up: given, or made for the run. */
  rateKey(): Promise<string>;
  /** Between checks: goes on with another key before the hourly quota of the present one is used up, where keys can be made and count. */
  relieve(): Promise<void>;
  /** A key of this check alone, revoked at the end; null where none can be made. */
  ownKey(): Promise<string | null>;
}

const made = new WeakMap<Session, Map<string, Promise<string | null>>>();

/** Requests of one key, well below the hour's 1000: the longest check and the cleanup come on top. */
const RELIEVED_AFTER = 450;
const relieved = new WeakMap<Session, number>();

/** `common`: a probe for what is made once for all checks. */
export function keyring(t: BaseProbe, session: Session, common: () => BaseProbe): Keyring {
  const { settings } = session;
  const shared = made.get(session) ?? new Map<string, Promise<string | null>>();
  made.set(session, shared);

  async function newKey(t: BaseProbe, purpose: string): Promise<string | null> {
    if (!t.facts.capabilities.keys || !t.offers("createApiKey") || t.mode === "readonly") return null;
    const current = await t.call("getCurrentApiKey");
    const exchange = await t.call("createApiKey", { json: { name: `${markOf(t.runId)} ${purpose}`, scopes: current.data.scopes } });
    const { id, secret } = exchange.data;
    if (typeof secret !== "string" || typeof id !== "string") return null;
    session.secrets.add(secret);
    session.cleanup.add(`API key ${id}`, async () => {
      const { status } = await t.call("deleteApiKey", { params: { api_key_id: id } });
      return [200, 204, 404].includes(status) ? null : `DELETE answered ${status}`;
    });
    return secret;
  }

  async function sharedKey(purpose: string, option: string): Promise<string> {
    const making = shared.get(purpose) ?? newKey(common(), purpose);
    shared.set(purpose, making);
    const key = await making;
    if (key === null) throw new Untestable(`needs another key: ${option}`);
    return key;
  }

  return {
    apiKey: settings.apiKey,
    strangerKey: () => strangerTo(settings.apiKey, t.random),
    secondKey: async () => settings.apiKeyB ?? (await sharedKey("second", "--api-key-b")),
    rateKey: async () => settings.rateKey ?? (await sharedKey("rate", "--rate-key")),
    ownKey: () => newKey(t, "own"),
    async relieve() {
      const since = session.budget.spent - (relieved.get(session) ?? 0);
      if (since < RELIEVED_AFTER || t.facts.limits?.enabled === false) return;
      relieved.set(session, session.budget.spent);
      session.key = (await newKey(common(), "work")) ?? session.key;
    },
  };
}
