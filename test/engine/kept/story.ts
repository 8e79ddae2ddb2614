import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Interface, Wallet } from "ethers";
import { createSandbox, type Sandbox } from "../../../emulator/sandbox.ts";
import { type KeptClient, keptClient } from "./client.ts";
import { outlineOf, type State, stateOf } from "./state.ts";

const ERC20 = new Interface(["function transfer(address to, uint256 amount) returns (bool)"]);
const GETS = 10n ** 18n;

/** What the test goes on with, and what it then sees. Beside the folder, in expected.json. */
export interface Kept {
  readonly state: State;
  /** In outline, the state at each named position, and right after the fixture. */
  readonly at: Readonly<Record<string, State>>;
  readonly idempotent: { readonly key: string; readonly body: object; readonly id: string };
  /** The wallet's next transaction, for which a later one waits. */
  readonly gap: string;
  readonly waiting: string;
  /** Ids of what waits for a block, and of awards to go on with. */
  readonly pending: string;
  readonly claimable: string;
  readonly revocable: string;
}

/**
 * A folder with everything that a journal holds: a compacted part and lines after it, two branches, a wallet's transactions (one waits for
 * a nonce), a transaction of the API that waits for its block, awards claimed, revoked, and still to be claimed. `work`: where it lives;
 * `into`: where it is left as a killed process would leave it.
 */
export async function makeKept(work: string, into: string): Promise<void> {
  let sandbox = await createSandbox({ dataDir: work, fixture: "academy", seed: 1, publicUrl: "https://badges.example/v1" });
  const first = await keptClient(sandbox);
  const wallet = walletOf(sandbox, 0);
  const vera = await first.post("/users", { email: "vera@example.com", display_name: "Vera", wallet_address: wallet.address });
  const learner = await first.post("/users", { email: "ben@example.com", display_name: "Ben" });
  await first.post("/tokens/mint", { user_id: vera.id, amount: "100" });
  await sandbox.snapshot("fork");
  await wallet.transfer(first, learner.wallet.address, 10n, 0);
  await first.post("/tokens/transfer", { from_user_id: learner.id, to_user_id: vera.id, amount: "1.5" });
  await sandbox.snapshot("left");
  await sandbox.restore("fork");

  const sponsor = await first.post("/users", { email: "lab@example.com", display_name: "Lab", type: "organization", roles: ["sponsor"] });
  await first.post("/tokens/mint", { user_id: sponsor.id, amount: "500" });
  const badge = await newBadge(first, sponsor.id, "mint");
  const sponsored = await newBadge(first, sponsor.id, "sponsor");
  const claimed = await claim(first, await issue(first, badge, vera));
  const revoked = await claim(first, await issue(first, badge, learner));
  await first.post(`/awards/${revoked}/revoke`, { reason: "It was somebody else." });
  await first.post("/webhook-endpoints", { url: "http://127.0.0.1:9/hook", enabled_events: ["user.deleted"] });
  await wallet.transfer(first, learner.wallet.address, 3n, 0);
  await first.rpc("eth_sendTransaction", { from: wallet.address, to: learner.wallet.address, value: "0x5" });
  await sandbox.close();

  sandbox = await createSandbox({ dataDir: work });
  const second = await keptClient(sandbox);
  const again = walletOf(sandbox, 0);
  await sandbox.clock.advance("3d");
  await sandbox.snapshot("right");
  const body = { user_id: vera.id, amount: "7" };
  const { id } = await second.post("/tokens/mint", body, "kept-mint");
  const claimable = await issue(second, sponsored, vera);
  const gap = await again.signed(sandbox, learner.wallet.address, 1n, 2);
  await sandbox.close();

  // A nonce gap may wait under manual mining alone.
  sandbox = await createSandbox({ dataDir: work, mining: { kind: "manual" } });
  const waiting = await again.transfer(await keptClient(sandbox), learner.wallet.address, 2n, 3);
  await sandbox.close();

  sandbox = await createSandbox({ dataDir: work });
  const third = await keptClient(sandbox);
  sandbox.faults.add({ operationId: "mintTokens", times: 1, chain: "pending" });
  const pending = await third.post("/tokens/mint", { user_id: learner.id, amount: "11" });
  await sandbox.doctor();
  for (const name of ["journal.ndjson", "db.json"]) cpSync(join(work, name), join(into, name));

  const state = await stateOf(third);
  const at: Record<string, State> = {};
  for (const { name } of sandbox.snapshots()) {
    await sandbox.restore(name);
    at[name] = outlineOf(await stateOf(third));
  }
  await sandbox.reset();
  at[""] = outlineOf(await stateOf(third));
  await sandbox.close();
  const idempotent = { key: "kept-mint", body, id };
  const kept: Kept = { state, at, idempotent, gap, waiting, pending: pending.id, claimable, revocable: claimed };
  writeFileSync(join(into, "expected.json"), `${JSON.stringify(kept)}\n`);
}

/** A wallet with one of the funded accounts. */
function walletOf({ accounts }: Sandbox, index: number) {
  const wallet = new Wallet(accounts[index]?.privateKey as string);
  const signed = ({ info }: Sandbox, to: string, gets: bigint, nonce: number) => {
    const { chain_id: chainId, token_address } = info().chain;
    const data = ERC20.encodeFunctionData("transfer", [to, gets * GETS]);
    const fees = { maxFeePerGas: 1_000_000_000, maxPriorityFeePerGas: 0 };
    return wallet.signTransaction({ type: 2, chainId, nonce, to: token_address, data, gasLimit: 100_000, ...fees });
  };
  return {
    address: wallet.address,
    signed,
    transfer: async ({ sandbox, rpc }: KeptClient, to: string, gets: bigint, nonce: number): Promise<string> =>
      await rpc("eth_sendRawTransaction", await signed(sandbox, to, gets, nonce)),
  };
}

async function newBadge({ post }: KeptClient, sponsor_id: string, funding: "mint" | "sponsor"): Promise<string> {
  const criteria = { narrative: "See a star." };
  const made = await post("/badges", {
    ...{ sponsor_id, title: `First Light (${funding})`, description: "Saw a star.", criteria, reward: { amount: "5", funding } },
  });
  await post(`/badges/${made.id}/publish`);
  return made.id;
}

const issue = async ({ post }: KeptClient, badge: string, { id }: { id: string }): Promise<string> =>
  (await post(`/badges/${badge}/issue`, { recipient_id: id })).id;

async function claim({ post }: KeptClient, award: string): Promise<string> {
  return (await post(`/awards/${award}/claim`)).id;
}
