import type { ApiDocument } from "../document.ts";
import { docsPage, docsPolicy } from "../pages/docs.ts";
import { addressOf } from "../served-document.ts";
import { ok, type Reads } from "./handler.ts";

/** What `GET /meta` and `GET /health` say of this sandbox. */
export interface MetaFacts {
  readonly version: string;
  readonly limits: { readonly enabled: boolean; readonly per_second: number; readonly per_hour: number };
  readonly chain: { readonly chain_id: number; readonly token_address: string; readonly badge_address: string };
  readonly mining: "auto" | "interval" | "manual";
  readonly now: () => number;
}

/** Operations tagged Meta: public, without a key. `publicUrl`: where clients elsewhere reach the API; null for wherever they came to. */
export function metaOperations(document: ApiDocument, facts: MetaFacts, publicUrl: string | null) {
  const addressAt = (origin: string) => addressOf(origin, "/v1", publicUrl);
  const reads: Reads<"getHealth" | "getMeta" | "getOpenApiJson" | "getOpenApiYaml" | "getDocs"> = {
    getHealth() {
      return ok({ status: "ok", version: facts.version, time: new Date(facts.now()).toISOString() }, "The sandbox is up.");
    },
    getMeta() {
      const networks: Readonly<Record<number, string>> = { 8453: "Base (emulated)", 84532: "Base Sepolia (emulated)" };
      const meta = {
        name: "Get Smart Token API",
        api_version: "v1",
        sandbox: true,
        limits: facts.limits,
        chain: {
          ...facts.chain,
          network: networks[facts.chain.chain_id] ?? "Local sandbox",
          explorer_url: null,
          mining: facts.mining,
        },
        event_types: document.eventTypes,
        badge_policy: {
          standard: "ERC-721",
          soulbound: true,
          title_max_length: 45,
          min_reward: "1",
          creation_fee: "0",
          default_claim_window_days: 90,
        },
      };
      return ok(meta, "Facts about this sandbox.");
    },
    getOpenApiJson() {
      return { type: "application/json", body: (origin) => document.served.json(addressAt(origin)) };
    },
    getOpenApiYaml() {
      return { type: "application/yaml", body: (origin) => document.served.yaml(addressAt(origin)) };
    },
    getDocs() {
      const headers = { "Content-Security-Policy": docsPolicy(publicUrl) };
      return { type: "text/html", body: (origin) => docsPage(document, "/v1", addressAt(origin)), headers };
    },
  };
  return { reads, writes: {} };
}
