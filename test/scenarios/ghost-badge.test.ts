import { Wallet } from "ethers";
import { expect } from "vitest";
import type { Sandbox } from "../../emulator/sandbox-api.ts";
import { forgeryBy } from "../support/lookalike.ts";
import { newAward, newBadge } from "../support/verified-awards.ts";
import { ask, askBadge } from "./rpc.ts";
import { inBothWorlds } from "./worlds.ts";

inBothWorlds("A forger copies a badge", async ({ api, sandbox }) => {
  const badge = await newBadge(api);
  const award = await newAward(api, badge, ["approve", "claim"]);
  const genuine = award.chain as NonNullable<typeof award.chain>;
  const { wallet } = (await api.get(`/users/${award.recipient_id}`)).body.data;
  const verify = async (body: object) => (await api.post("/badges/verify", body).expect(200)).body.data;

  // With a wallet of their own they deploy the very same contracts once more, and mint the same number to the same learner.
  const [forger] = sandbox.accounts as readonly [Sandbox["accounts"][number]];
  const { contract, transactions } = await forgeryBy(forger.address, wallet.address, BigInt(genuine.token_id));
  const rpc = await sandbox.listenRpc();
  const hashes: string[] = [];
  for (const [nonce, { to, data }] of transactions.entries()) {
    const fees = { gasLimit: 10_000_000, maxFeePerGas: 1_000_000_000, maxPriorityFeePerGas: 0 };
    const { chain_id: chainId } = sandbox.info().chain;
    const raw = await new Wallet(forger.privateKey).signTransaction({ type: 2, chainId, nonce, to: to ?? null, data, ...fees });
    hashes.push(await ask(rpc, "eth_sendRawTransaction", [raw]));
  }
  expect(await askBadge(rpc, contract, "ownerOf", genuine.token_id)).toBe(wallet.address);

  // Nothing about the fake is found genuine: not by its contract, not by its transaction.
  const warned = { verified: false, status: "contract_mismatch", warnings: ["GHOST_BADGE"], award: null };
  expect(await verify({ contract_address: contract, token_id: genuine.token_id })).toMatchObject(warned);
  const byHash = await verify({ tx_hash: hashes.at(-1), expected_recipient: wallet.address });
  expect(byHash).toMatchObject({ ...warned, checks: [{ name: "contract", passed: false }] });
  expect(byHash.checks[0].detail).toContain(contract);
  // Its deployment made no badge.
  expect((await verify({ tx_hash: hashes[1] })).status).toBe("not_found");

  // The real one is as it was.
  expect(await verify({ contract_address: genuine.contract_address, token_id: genuine.token_id })).toMatchObject({
    status: "valid",
    warnings: [],
  });
  expect((await verify({ tx_hash: genuine.tx_hash })).award.id).toBe(award.id);
});
