import type { ControlClient } from "./client.ts";
import { itemsOf } from "./pages.ts";
import { oneLine } from "./printable.ts";

interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly last4: string;
  readonly secret: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

/** One line a key: id, end of the secret, state, name, scopes. */
export async function listKeys(client: ControlClient): Promise<string> {
  const items = await itemsOf<Key>(client, "/keys");
  const { now } = await client.call<{ now: string }>("GET", "/clock");
  return items
    .map((key) => `${key.id}  …${key.last4}  ${stateOf(key, Date.parse(now)).padEnd(7)}  ${oneLine(key.name)}  [${key.scopes.join(" ")}]`)
    .join("\n");
}

/** Makes a key; what is returned is its secret, shown only now. */
export async function createKey(
  client: ControlClient,
  input: { name: string; scopes?: readonly string[]; expires_at?: string },
): Promise<string> {
  const key = await client.call<Key>("POST", "/keys", input);
  return key.secret as string;
}

/** Opens a session; what is returned is the secret of its key, shown only now. */
export async function openSession(client: ControlClient, scopes: readonly string[] | undefined): Promise<string> {
  const session = await client.call<{ secret: string }>("POST", "/session", scopes === undefined ? {} : { scopes });
  return session.secret;
}

export async function revokeKey(client: ControlClient, id: string): Promise<void> {
  await client.call("DELETE", `/keys/${encodeURIComponent(id)}`);
}

/** `now`: of the sandbox, whose clock may be far ahead. */
function stateOf(key: Key, now: number): string {
  return key.revoked_at ? "revoked" : key.expires_at && Date.parse(key.expires_at) <= now ? "expired" : "active";
}
