import type { Controls } from "../../../control/controls.ts";
import type { Quota } from "../../../ports/rate-limiter.ts";
import type { ControlHandlers } from "../handler.ts";

type Ids = "openSession" | "listApiKeys" | "createApiKey" | "revokeApiKey" | "getRateLimits" | "setRateLimits";

/** Operations tagged Keys and quotas. */
export function keyOperations({ keys, limits }: Controls): ControlHandlers<Ids> {
  return {
    openSession({ body }) {
      const message = "Opened a session; its key is shown only now, and ends with the process.";
      return { status: 201, data: keys.session(body?.scopes), message };
    },
    listApiKeys({ query: { limit = 100, cursor } }) {
      return { data: keys.list({ limit, cursor }), message: "API keys, newest first." };
    },
    async createApiKey({ body }) {
      const message = "Created the API key; its secret is shown only now.";
      return { status: 201, data: await keys.create(body), message };
    },
    async revokeApiKey({ params: { key_id: id } }) {
      await keys.revoke(id);
      return { data: { id }, message: "Revoked the API key." };
    },
    getRateLimits({ params: { key_id } }) {
      return { data: shown(limits.show(key_id)), message: "Remaining quota of the key." };
    },
    setRateLimits({ params: { key_id }, body }) {
      limits.set(key_id, body);
      return { data: shown(limits.show(key_id)), message: "Set the key's remaining quota." };
    },
  };
}

/** By quota; null when the key is not metered. `reset`: seconds until more is left. */
function shown(quotas: readonly Quota[] | null) {
  return quotas && Object.fromEntries(quotas.map(({ policy, r, t }) => [policy.name, { limit: policy.q, remaining: r, reset: t }]));
}
