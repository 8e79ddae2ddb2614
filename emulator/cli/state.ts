import type { ControlClient } from "./client.ts";
import { itemsOf } from "./pages.ts";
import { oneLine } from "./printable.ts";

/** Back to the state right after the fixture. */
export async function reset(client: ControlClient): Promise<string> {
  await client.call("POST", "/reset");
  return "back to the state right after the fixture; quotas, faults and the request log are cleared";
}

export async function saveSnapshot(client: ControlClient, name: string): Promise<string> {
  await client.call("POST", "/snapshots", { name });
  return `took ${name}`;
}

export async function restoreSnapshot(client: ControlClient, name: string): Promise<string> {
  await client.call("POST", `/snapshots/${encodeURIComponent(name)}/restore`);
  return `restored ${name}`;
}

export async function deleteSnapshot(client: ControlClient, name: string): Promise<string> {
  await client.call("DELETE", `/snapshots/${encodeURIComponent(name)}`);
  return `deleted ${name}`;
}

/** One line a snapshot, oldest first: when it was taken, by the sandbox's clock, and its name. */
export async function listSnapshots(client: ControlClient): Promise<string> {
  const snapshots = await itemsOf<{ name: string; at: string }>(client, "/snapshots");
  return snapshots.map(({ name, at }) => `${at}  ${oneLine(name)}`).join("\n");
}

/** Returns the number of the last block. */
export async function mine(client: ControlClient, blocks: number): Promise<string> {
  const { block_number } = await client.call<{ block_number: number }>("POST", "/chain/mine", { blocks });
  return `block ${block_number}`;
}
