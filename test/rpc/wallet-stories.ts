import { expect, it, onTestFinished } from "vitest";
import { gets } from "./token-abi.ts";
import type { OpenWallet } from "./wallets.ts";
import { type Account, openWorld } from "./world.ts";

/** What a program that people use to reach a chain finds here, beside the API. */
export function shouldServeWallet(open: OpenWallet): void {
  it("reads the chain, the token and a balance made through the API", async () => {
    const { wallet, account } = await adaAndGrace(open);
    expect(await wallet.chainId()).toBe(31337);
    expect(await wallet.token()).toMatchObject({ symbol: "GETS" });
    expect(await wallet.balanceOf(account.address)).toBe(gets(100));
  });

  it("moves its own tokens, and the API knows", async () => {
    const { wallet, api, sandbox, ada, grace } = await adaAndGrace(open);
    const hash = await wallet.transfer(grace.wallet.address, gets(30));
    expect(await api.balance(ada.id)).toMatch(/^70(\.0+)?$/);
    expect(await api.balance(grace.id)).toMatch(/^30(\.0+)?$/);

    const [tx] = await api.transactions("?type=external");
    expect(tx).toMatchObject({ status: "confirmed", from: { user_id: ada.id }, to: { user_id: grace.id }, chain: { tx_hash: hash } });
    expect((await api.events("token.transaction.confirmed"))[0]?.data.id).toBe(tx?.id);
    await sandbox.doctor();
  });

  it("goes on after writes of the API, and reads a second transfer", async () => {
    const { wallet, api, grace } = await adaAndGrace(open);
    await wallet.transfer(grace.wallet.address, gets(1));
    await api.mint(grace.id, "5");
    await wallet.transfer(grace.wallet.address, gets(2));
    expect(await wallet.balanceOf(grace.wallet.address)).toBe(gets(8));
  });

  it("decodes the contract's custom error", async () => {
    const { wallet, grace } = await adaAndGrace(open);
    expect(await wallet.refusalOf(grace.wallet.address, gets(101))).toBe("ERC20InsufficientBalance");
  });
}

/** Ada holds her own wallet, a funded account, with 100 GETS on it; Grace's wallet is managed. */
async function adaAndGrace(open: OpenWallet) {
  const world = await openWorld();
  const account = world.sandbox.accounts[0] as Account;
  const ada = await world.api.user(account.address);
  const grace = await world.api.user();
  await world.api.mint(ada.id, "100");
  const wallet = open(world, account);
  onTestFinished(() => wallet.close());
  return { ...world, wallet, account, ada, grace };
}
