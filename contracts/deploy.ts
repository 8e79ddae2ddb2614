/**
 * Deploys both contracts, as committed in contracts/compiled/, and grants the badge contract its roles: the same four transactions with which
 * a sandbox begins. Whoever signs holds the contracts' roles.
 *
 *     npx hardhat node                                                             # or anvil
 *     npx hardhat run --no-compile contracts/deploy.ts --network localhost         # RPC_URL: another address than port 8545's
 *     RPC_URL=https://… PRIVATE_KEY=0x… npx hardhat run --no-compile contracts/deploy.ts --network remote
 *
 * BADGE_BASE_URL is where `external_url` of the badges begins, such as https://badges.example/v1; without it they have none.
 * Prints `{"token": ADDRESS, "badge": ADDRESS}`.
 */
import { readFileSync } from "node:fs";
import { network } from "hardhat";
import { artifactUrl, type contractNames } from "./artifacts.ts";

const { ethers } = await network.create();
const [admin] = await ethers.getSigners();
if (!admin) throw new Error("The network has no account to deploy with: it signs for none, and no PRIVATE_KEY is given.");

async function deploy(name: (typeof contractNames)[number], ...args: readonly unknown[]) {
  const { abi, bytecode } = JSON.parse(readFileSync(artifactUrl(name), "utf8"));
  const factory = await ethers.getContractFactory(abi, bytecode, admin);
  const contract = await factory.deploy(...args);
  await contract.waitForDeployment();
  return contract;
}

const token = await deploy("GetsToken", admin.address);
const tokenAddress = await token.getAddress();
const badge = await deploy("GetSmartBadge", admin.address, tokenAddress, process.env.BADGE_BASE_URL ?? "");
const badgeAddress = await badge.getAddress();
for (const role of ["MINTER_ROLE", "RELEASER_ROLE"]) {
  await (await token.getFunction("grantRole").send(ethers.id(role), badgeAddress)).wait();
}
console.log(JSON.stringify({ token: tokenAddress, badge: badgeAddress }));
