import { expect, it, onTestFinished } from "vitest";
import { metadataIn, pictureIn } from "../support/badge-metadata.ts";
import { api } from "../support/client.ts";
import { newBadge } from "../support/verified-awards.ts";
import { gets } from "./token-abi.ts";
import type { OpenWallet } from "./wallets.ts";
import { type Account, openWorld, TOKEN } from "./world.ts";

const TRANSFER = TOKEN.getEvent("Transfer")?.topicHash;

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

  it("shows a badge as an explorer does: found by its Transfer, with owner, title and picture", async () => {
    const { wallet, account, ada, sandbox, rpc } = await adaAndGrace(open);
    const client = api(sandbox.app, sandbox.apiKey);
    const badge = await newBadge(client);
    const { body } = await client.post(`/badges/${badge.id}/applications`, { recipient_id: ada.id }).expect(201);
    for (const step of ["approve", "claim"]) await client.post(`/awards/${body.data.id}/${step}`).expect(200);
    const minted = { topics: [TRANSFER, null, `0x${account.address.slice(2).toLowerCase().padStart(64, "0")}`], fromBlock: "0x0" };
    const logs = await rpc<{ address: string; topics: string[] }[]>("eth_getLogs", [minted]);
    // An ERC-721 Transfer has its token id among its topics.
    const [log] = logs.filter(({ topics }) => topics.length === 4);
    const shown = await wallet.badge(log?.address as string, BigInt(log?.topics[3] as string));
    expect(shown).toMatchObject({ hasMetadata: true, name: expect.stringMatching(/\S/), owner: account.address });
    const metadata = metadataIn(shown.tokenUri);
    expect(metadata.name).toBe(badge.title);
    expect(pictureIn(metadata)).toMatch(/^<svg/);
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
