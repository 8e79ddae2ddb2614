import type { ApiKey, ApiKeyRecord } from "../../model/api-key.ts";
import { type Keys, shown } from "../../services/keys.ts";
import { ok, type Reads, type Writes } from "./handler.ts";

/** Operations tagged Keys. */
export function keyOperations(keys: Keys) {
  const reads: Reads<"getCurrentApiKey" | "listApiKeys" | "getApiKey"> = {
    getCurrentApiKey({ key }) {
      const current = shown(key as ApiKeyRecord);
      return ok(current, `You use the API key "${current.name}".`);
    },
    listApiKeys({ query, world }) {
      const page = keys.list(world.records, query);
      return ok(page, `${page.items.length} API keys.`);
    },
    getApiKey({ params, world }) {
      const key = keys.get(world.records, params.api_key_id);
      return ok(key, `API key "${key.name}".`);
    },
  };
  const writes: Writes<"createApiKey" | "rollApiKey" | "deleteApiKey"> = {
    createApiKey({ body, unit, key }) {
      const created = keys.create(unit, body, key);
      const message = `Created the API key "${created.name}". Its secret is shown only now.`;
      return { status: 201, data: created, message, location: `/api-keys/${created.id}`, withoutSecrets: blank(created) };
    },
    rollApiKey({ params, unit, key }) {
      const rolled = keys.roll(unit, params.api_key_id, key as ApiKeyRecord);
      const message = `The API key "${rolled.name}" has a new secret; the old one has ended.`;
      return { status: 200, data: rolled, message, withoutSecrets: blank(rolled) };
    },
    deleteApiKey({ params, unit, ifMatch }) {
      ifMatch(shown(keys.unrevoked(unit, params.api_key_id)));
      keys.revoke(unit, params.api_key_id);
      return { status: 204, data: null, message: "" };
    },
  };
  return { reads, writes };
}

function blank(key: ApiKey): ApiKey {
  return { ...key, secret: null };
}
