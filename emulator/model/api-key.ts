import type { components } from "../../spec/types.ts";

export type ApiKey = components["schemas"]["ApiKey"];
export type Scope = ApiKey["scopes"][number];

/** An API key as kept: its SHA-256, never the key itself. `session`: made for a tool of the control plane, such as the dashboard. */
export type ApiKeyRecord = Omit<ApiKey, "secret"> & { readonly hash: string; readonly session?: true };
