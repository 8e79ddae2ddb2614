import { expect, it } from "vitest";
import { gets } from "./token-abi.ts";
import { type Account, openWorld } from "./world.ts";

it("a hundred writes of API and wallets at once stay consistent", async () => {
  const { api, rpc, sandbox, signedTransfer } = await openWorld();
  const accounts = sandbox.accounts.slice(0, 5) as Account[];
  const holders = await Promise.all(accounts.map(({ address }) => api.user(address)));
  const grace = await api.user();
  await Promise.all(holders.map(({ id }) => api.mint(id, "100")));
  await api.mint(grace.id, "5");

  const work: Promise<unknown>[] = [];
  for (let round = 0; round < 10; round++) {
    for (const [index, account] of accounts.entries()) {
      const raw = await signedTransfer(account, grace.wallet.address, gets(1), round);
      work.push(rpc("eth_sendRawTransaction", [raw]));
      // Grace may be short of tokens at that moment: a refusal is an answer too.
      const back = api
        .transfer(grace.id, holders[index]?.id as string, "2")
        .catch((error) => expect(error.message).toBe("INSUFFICIENT_BALANCE"));
      work.push(back);
    }
  }
  expect(work).toHaveLength(100);
  await Promise.all(work);

  const external = await api.transactions("?type=external&limit=100");
  expect(external.filter(({ status }) => status === "confirmed")).toHaveLength(50);
  await sandbox.doctor();
});
