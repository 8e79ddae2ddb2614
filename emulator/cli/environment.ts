import type { Sandbox } from "../sandbox.ts";

/** What a client needs to know of a sandbox, as `exec` and `--config-out` give it. */
export function environmentOf(sandbox: Sandbox): Record<string, string> {
  const { urls, chain } = sandbox.info();
  return {
    GETSMART_BASE_URL: `${urls.api}/v1`,
    GETSMART_API_KEY: sandbox.apiKey,
    GETSMART_CONTROL_URL: `${urls.control}`,
    GETSMART_RPC_URL: `${urls.rpc}`,
    GETSMART_TOKEN_ADDRESS: chain.token_address,
    GETSMART_BADGE_ADDRESS: chain.badge_address,
    ...(sandbox.caFile === null ? {} : { NODE_EXTRA_CA_CERTS: sandbox.caFile }),
  };
}
