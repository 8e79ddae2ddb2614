/** Gas of each operation, kept in gas.md so that a change shows up in review. Update: npx vitest run test/contracts -u */
import { id } from "ethers";
import { expect, it } from "vitest";
import { awardId, Funding, getsId, roles, title } from "./values.ts";
import { useWorld } from "./world.ts";

const world = useWorld();

it("gas is as recorded", async () => {
  const { token, badge, admin, alice, bob, holder, salt, wallet } = world;
  const second = id("award_02");
  await token.send(admin, "grantRole", roles.RELEASER_ROLE, holder.address);

  const rows: [operation: string, gas: bigint][] = [];
  const measure = async (operation: string, outcome: Promise<{ gasUsed: bigint }>) => {
    rows.push([operation, (await outcome).gasUsed]);
  };

  await measure("mint (new holder)", token.send(admin, "mint", wallet, 100n));
  await measure("mint (holder)", token.send(admin, "mint", wallet, 100n));
  await measure("operatorTransfer (new holder)", token.send(admin, "operatorTransfer", salt, alice.address, 50n));
  await measure("operatorTransfer (holder)", token.send(admin, "operatorTransfer", salt, alice.address, 50n));
  await measure("operatorBurn", token.send(admin, "operatorBurn", salt, 10n));
  await measure("lock", token.send(admin, "lock", awardId, salt, 5n));
  await measure("refund", token.send(admin, "refund", awardId));
  await token.send(admin, "lock", second, salt, 5n);
  await token.send(admin, "lock", id("award_03"), salt, 5n);
  await measure("release", token.send(holder, "release", second, alice.address));
  const claim = (tokenId: bigint, award: string, funding: bigint, to = alice.address) =>
    badge.send(admin, "claim", to, tokenId, getsId, title, award, 5n, funding);
  await measure("claim (mint, first of its badge, new holder)", claim(4n, id("award_04"), Funding.Mint, bob.address));
  await measure("claim (mint)", claim(1n, id("award_05"), Funding.Mint));
  await measure("claim (sponsor)", claim(3n, id("award_03"), Funding.Sponsor));
  await measure("revoke", badge.send(admin, "revoke", 1n));
  await measure("pause", token.send(admin, "pause"));
  await measure("unpause", token.send(admin, "unpause"));

  const lines = rows.map(([operation, gas]) => `| ${operation} | ${gas} |\n`);
  const table = `| operation | gas |\n|---|---:|\n${lines.join("")}`;
  await expect(table).toMatchFileSnapshot("./gas.md");
});
