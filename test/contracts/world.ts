/** A Hardhat chain with both contracts on it, deployed and wired as the sandbox does. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { Contract, type ContractFactory, id } from "ethers";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import config from "../../hardhat.config.ts";
import { Deployed } from "./contract.ts";
import { externalBase } from "./values.ts";

export interface World {
  readonly token: Deployed;
  readonly badge: Deployed;
  /** Holds every role but RELEASER_ROLE. */
  readonly admin: HardhatEthersSigner;
  /** Accounts with a key and without any role. */
  readonly alice: HardhatEthersSigner;
  readonly bob: HardhatEthersSigner;
  /** Stands for whoever holds a role that the test grants. */
  readonly holder: HardhatEthersSigner;
  /** A managed wallet: its salt, and its address as the token derives it. */
  readonly salt: string;
  readonly wallet: string;
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
  /** Deploys a contract of `contracts/compiled`, owned by `admin`. */
  deploy(name: string, args: unknown[], peers?: Deployed[]): Promise<Deployed>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Deploys one world for the file; each test starts from the same state. */
export function useWorld(): World {
  const world = {} as World;
  let close: () => Promise<void>;
  let snapshot: unknown;

  beforeAll(async () => {
    const deployed = await deployWorld();
    close = deployed.close;
    Object.assign(world, deployed.world);
  });
  beforeEach(async () => {
    snapshot = await world.rpc("evm_snapshot");
  });
  afterEach(async () => {
    await world.rpc("evm_revert", snapshot);
  });
  afterAll(() => close());
  return world;
}

/** Another badge contract that pays in the world's token. */
export async function deployBadge({ deploy, token, admin }: Omit<World, "badge">, base: string): Promise<Deployed> {
  const badge = await deploy("GetSmartBadge", [admin.address, token.address, base], [token]);
  for (const role of ["MINTER_ROLE", "RELEASER_ROLE"]) await token.send(admin, "grantRole", id(role), badge.address);
  return badge;
}

async function deployWorld(): Promise<{ world: World; close: () => Promise<void> }> {
  const hre = await createHardhatRuntimeEnvironment(config, {}, root);
  const connection = await hre.network.create();
  const { ethers } = connection;
  const [admin, alice, bob, holder] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];

  async function deploy(name: string, args: unknown[], peers: Deployed[] = []): Promise<Deployed> {
    const { abi, bytecode } = JSON.parse(readFileSync(`${root}/contracts/compiled/${name}.json`, "utf8"));
    const factory: ContractFactory = await ethers.getContractFactory(abi, bytecode, admin);
    const contract = await (await factory.deploy(...args)).waitForDeployment();
    const address = await contract.getAddress();
    return new Deployed(name, new Contract(address, abi, admin), address, peers);
  }

  const token = await deploy("GetsToken", [admin.address]);
  const salt = id("user_01");
  const world: Omit<World, "badge"> = {
    token,
    admin,
    alice,
    bob,
    holder,
    salt,
    wallet: await token.read<string>("walletOf", salt),
    rpc: (method, ...params) => ethers.provider.send(method, params),
    deploy,
  };
  const badge = await deployBadge(world, externalBase);
  return { world: { ...world, badge }, close: () => connection.close() };
}
