import { expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { gets } from "./token-abi.ts";
import { type Account, openWorld, type World } from "./world.ts";

async function blocks({ rpc }: World): Promise<string[]> {
  const latest = Number(await rpc<string>("eth_blockNumber"));
  const hashes: string[] = [];
  for (let number = 0; number <= latest; number++) {
    hashes.push((await rpc<{ hash: string }>("eth_getBlockByNumber", [`0x${number.toString(16)}`, false])).hash);
  }
  return hashes;
}

it("a chain that wallets and the API wrote to in turn is the same after a restart", async () => {
  const dataDir = newFolder();
  const before = await openWorld({ dataDir });
  const [one, two] = before.sandbox.accounts as [Account, Account];
  const ada = await before.api.user(one.address);
  const grace = await before.api.user();
  await before.api.mint(ada.id, "100");
  for (let nonce = 0; nonce < 5; nonce++) {
    await before.rpc("eth_sendRawTransaction", [await before.signedTransfer(one, grace.wallet.address, gets(1), nonce)]);
    await before.api.transfer(grace.id, ada.id, "0.5");
    await before.rpc("eth_sendTransaction", [{ from: two.address, to: one.address, value: "0x5" }]);
  }
  // One that the contract refuses; then one that waits for its nonce, which manual mining allows, and blocks of nothing.
  await before.rpc("eth_sendRawTransaction", [await before.signedTransfer(one, grace.wallet.address, gets(1000), 5)]);
  await before.close();
  const manual = await openWorld({ dataDir, mining: { kind: "manual" } });
  const waiting = await manual.rpc<string>("eth_sendRawTransaction", [await manual.signedTransfer(one, grace.wallet.address, gets(2), 7)]);
  await manual.rpc("hardhat_mine", ["0x3"]);
  const hashes = await blocks(manual);
  const history = await manual.api.transactions();
  await manual.close();

  const after = await openWorld({ dataDir });
  expect(await blocks(after)).toEqual(hashes);
  expect(await after.api.transactions()).toEqual(history);
  expect(after.sandbox.notices.filter((notice) => notice.includes("hashes"))).toEqual([]);
  await after.sandbox.doctor();

  await after.rpc("eth_sendRawTransaction", [await after.signedTransfer(one, grace.wallet.address, gets(1), 6)]);
  expect(await after.rpc("eth_getTransactionReceipt", [waiting])).toMatchObject({ status: "0x1" });
  expect(await after.api.transactions("?type=external")).toHaveLength(7);
  await after.sandbox.doctor();
});

it("snapshots of evm_snapshot survive a restart", async () => {
  const dataDir = newFolder();
  const before = await openWorld({ dataDir });
  const user = await before.api.user();
  const id = await before.rpc("evm_snapshot");
  await before.api.mint(user.id, "1");
  await before.close();

  const after = await openWorld({ dataDir });
  expect(await after.rpc("evm_revert", [id])).toBe(true);
  expect(await after.api.transactions()).toEqual([]);
  expect(await after.rpc("evm_snapshot")).toBe("0x1");
  await after.sandbox.doctor();
});
