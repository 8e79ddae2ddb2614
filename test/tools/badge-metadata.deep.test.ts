/** What a wallet or a marketplace shows of a badge: `tokenURI`, read as they read it. */
import { Contract, JsonRpcProvider } from "ethers";
import { createPublicClient, http, parseAbi } from "viem";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { HARD_TITLES, type Metadata, metadataIn, pictureIn, traitsOf, xmlText } from "../support/badge-metadata.ts";
import { api } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";
import { newAward, newBadge } from "../support/verified-awards.ts";

const ABI = parseAbi(["function tokenURI(uint256 tokenId) view returns (string)", "event MetadataUpdate(uint256 _tokenId)"]);

async function open(options: SandboxOptions = {}) {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  const rpc = await sandbox.listenRpc();
  return { sandbox, rpc, api: api(sandbox.app, sandbox.apiKey) };
}

/** By viem and by ethers, which must agree. */
async function tokenUri({ sandbox, rpc }: { sandbox: Sandbox; rpc: string }, tokenId: string): Promise<string> {
  const { badge_address, chain_id } = sandbox.info().chain;
  const address = badge_address as `0x${string}`;
  const byViem = await createPublicClient({ transport: http(rpc) }).readContract({
    ...{ address, abi: ABI, functionName: "tokenURI", args: [BigInt(tokenId)] },
  });
  const provider = new JsonRpcProvider(rpc, chain_id, { staticNetwork: true });
  const contract = new Contract(badge_address, ["function tokenURI(uint256) view returns (string)"], provider);
  expect(await contract.getFunction("tokenURI")(tokenId)).toBe(byViem);
  provider.destroy();
  return byViem as string;
}

async function metadata(world: { sandbox: Sandbox; rpc: string }, tokenId: string): Promise<Metadata> {
  return metadataIn(await tokenUri(world, tokenId));
}

const claimed = async (world: { api: ReturnType<typeof api> }, badge: { id: string }) => {
  const award = await newAward(world.api, badge, ["approve", "claim"]);
  return { ...award, tokenId: (award.chain as NonNullable<typeof award.chain>).token_id };
};

describe("tokenURI", () => {
  it("says what the API says of the award", async () => {
    const world = await open({ publicUrl: "https://badges.example/v1" });
    const badge = await newBadge(world.api, { reward: { amount: "12.5" } });
    const award = await claimed(world, badge);
    const found = await metadata(world, award.tokenId);
    expect(found.name).toBe(badge.title);
    expect(traitsOf(found)).toEqual({ "GETS ID": award.gets_id, Reward: "12.5 GETS", Revoked: "No" });
    expect(found.external_url).toBe(award.verification_url);
  });

  it("is live: a revocation changes it, and is announced (ERC-4906)", async () => {
    const world = await open();
    const badge = await newBadge(world.api);
    const [award, other] = [await claimed(world, badge), await claimed(world, badge)];
    const before = await tokenUri(world, other.tokenId);
    await world.api.post(`/awards/${award.id}/revoke`, { reason: "It was another's work" }).expect(200);
    const found = await metadata(world, award.tokenId);
    expect([traitsOf(found).Revoked, pictureIn(found).includes("REVOKED")]).toEqual(["Yes", true]);
    expect(await tokenUri(world, other.tokenId)).toBe(before);
    const events = await createPublicClient({ transport: http(world.rpc) }).getContractEvents({
      ...{ abi: ABI, eventName: "MetadataUpdate", fromBlock: 0n, address: world.sandbox.info().chain.badge_address as `0x${string}` },
    });
    expect(events.map(({ args }) => (args as { _tokenId: bigint })._tokenId)).toEqual([BigInt(award.tokenId)]);
  });

  it("names no address of its own, so it is the same at any port, after a restart, and in another sandbox", async () => {
    const dataDir = newFolder();
    const first = await open({ dataDir });
    await first.sandbox.listen();
    const badge = await newBadge(first.api);
    const { tokenId } = await claimed(first, badge);
    const uri = await tokenUri(first, tokenId);
    expect(metadataIn(uri)).not.toHaveProperty("external_url");
    const state = await first.sandbox.export();
    await first.sandbox.close();

    const second = await open({ dataDir, publicUrl: "https://elsewhere.example/v1" });
    await second.sandbox.listen();
    expect(await tokenUri(second, tokenId)).toBe(uri);

    const third = await open();
    await third.sandbox.import(state);
    expect(await tokenUri(third, tokenId)).toBe(uri);
  });

  it("of badges claimed in one block is each badge's own", async () => {
    const world = await open({ mining: { kind: "manual" } });
    const badge = await newBadge(world.api);
    const awards = [await newAward(world.api, badge, ["approve"]), await newAward(world.api, badge, ["approve"])];
    for (const { id } of awards) await world.api.post(`/awards/${id}/claim`).expect(202);
    await world.sandbox.chain.mine();
    for (const { id, gets_id } of awards) {
      const { status, chain } = (await world.api.get(`/awards/${id}`)).body.data;
      expect(status).toBe("claimed");
      expect(traitsOf(await metadata(world, chain.token_id))["GETS ID"]).toBe(gets_id);
    }
  });

  it("holds titles that are markup, quotes or controls", async () => {
    const world = await open();
    for (const title of HARD_TITLES.slice(4, 10)) {
      const { tokenId } = await claimed(world, await newBadge(world.api, { title }));
      const found = await metadata(world, tokenId);
      expect(found.name).toBe(title);
      expect(pictureIn(found)).toContain(`<title>${xmlText(title)}</title>`);
    }
  });

  it("shows half of a surrogate pair, which UTF-8 cannot hold, as U+FFFD", async () => {
    const world = await open();
    const badge = await newBadge(world.api, { title: "half \ud83d" });
    expect((await metadata(world, (await claimed(world, badge)).tokenId)).name).toBe("half \ufffd");
  });
});
