/** contracts/deploy.ts against nodes of others. */
import { Contract, id, JsonRpcProvider } from "ethers";
import { expect, it, onTestFinished } from "vitest";
import getSmartBadge from "../../contracts/compiled/GetSmartBadge.json" with { type: "json" };
import getsToken from "../../contracts/compiled/GetsToken.json" with { type: "json" };
import { packageFile } from "../../emulator/package-root.ts";
import { run } from "../support/processes.ts";
import { anvil, hardhatNode } from "./anvil.ts";

/** The first of the publicly known accounts, which both nodes fund. */
const KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

it.each([
  ["hardhat node", hardhatNode, "localhost"],
  ["anvil", anvil, "localhost"],
  ["anvil, with a key of one's own", anvil, "remote"],
] as const)(
  "deploys both contracts to %s, where a badge is then claimed with its reward",
  { timeout: 120_000 },
  async (_, open, network) => {
    const url = await open();
    const hardhat = [packageFile("node_modules/.bin/hardhat"), "run", "--no-compile", "contracts/deploy.ts", "--network", network];
    const env = { RPC_URL: url, BADGE_BASE_URL: "https://badges.example/v1", ...(network === "remote" ? { PRIVATE_KEY: KEY } : {}) };
    const { stdout, stderr, code } = await run(process.execPath, hardhat, { cwd: packageFile(""), env });
    expect([code, stderr]).toEqual([0, ""]);
    const deployed = JSON.parse(stdout.trim().split("\n").at(-1) as string) as { token: string; badge: string };

    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
    onTestFinished(() => provider.destroy());
    const admin = await provider.getSigner(0);
    const token = new Contract(deployed.token, getsToken.abi, admin);
    const badge = new Contract(deployed.badge, getSmartBadge.abi, admin);
    for (const role of ["MINTER_ROLE", "RELEASER_ROLE"]) expect(await token.getFunction("hasRole")(id(role), deployed.badge)).toBe(true);
    const holder = (await provider.getSigner(1)).address;
    const claim = badge.getFunction("claim");
    await (await claim(holder, 1n, `0x${Buffer.from("K7QWZ3M").toString("hex")}`, "Deployed", id("awd_1"), 5n, 0)).wait();
    expect(await token.getFunction("balanceOf")(holder)).toBe(5n);
    const uri = String(await badge.getFunction("tokenURI")(1n));
    expect(Buffer.from(uri.split(",")[1] as string, uri.includes(";base64") ? "base64" : "utf8").toString()).toContain(
      "https://badges.example/v1",
    );
  },
);
