import type { components } from "../../spec/types.ts";

export type ApiKey = components["schemas"]["ApiKey"];
export type Scope = ApiKey["scopes"][number];

/** A key for tools that inspect a sandbox (services/session-keys.ts). Its secret is shown only now. */
export interface Session {
  readonly secret: string;
  readonly scopes: readonly Scope[];
}

/**
 * An API key as kept: its SHA-256, never the key itself. `session`: of a session, which no quota meters, no fault meets, and coverage and
 * the request log leave out. Sessions live in memory; records of them are in data folders of releases that kept them like other keys.
 */
export type ApiKeyRecord = Omit<ApiKey, "secret"> & { readonly hash: string; readonly session?: true };
