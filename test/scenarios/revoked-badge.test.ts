import { expect } from "vitest";
import { newAward, newBadge } from "../support/verified-awards.ts";
import { askBadge } from "./rpc.ts";
import { inBothWorlds } from "./worlds.ts";

inBothWorlds("A badge is revoked", async ({ api, sandbox }) => {
  const award = await newAward(api, await newBadge(api), ["approve", "claim"]);
  const chain = award.chain as NonNullable<typeof award.chain>;
  const rpc = await sandbox.listenRpc();
  const isRevoked = () => askBadge<boolean>(rpc, chain.contract_address, "revoked", chain.token_id);
  const page = async () => (await api.as(null).get(`/verify/${award.gets_id}`).set("Accept", "text/html").expect(200)).text;
  expect([await isRevoked(), await page()]).toEqual([false, expect.stringContaining("Genuine badge")]);

  const reason = "The recording shows another model";
  await api.post(`/awards/${award.id}/revoke`, { reason }).expect(200);

  // The chain says so, to everybody; the token stays where it is.
  expect(await isRevoked()).toBe(true);
  const { data } = (await api.post("/badges/verify", { tx_hash: chain.tx_hash }).expect(200)).body;
  const failed = data.checks.filter(({ passed }: { passed: boolean }) => !passed);
  expect([data.status, failed]).toEqual(["revoked", [{ name: "not_revoked", passed: false, detail: expect.stringContaining(reason) }]]);
  // And so does the page that the QR code of the badge leads to, with the reason.
  expect(await page()).toContain("Revoked badge");
  expect(await page()).toContain(reason);
});
