/** `tokenURI`: ERC-721 metadata that the contract makes from what it knows, for any title. */
import { AbiCoder, id, keccak256 } from "ethers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAmount } from "../../emulator/model/amount.ts";
import { anyText } from "../support/any-text.ts";
import { HARD_TITLES, type Metadata, metadataIn, pictureIn, traitsOf, xmlText } from "../support/badge-metadata.ts";
import { DEEP, runs } from "../support/depth.ts";
import { awardId, bytes7, cap, externalBase, Funding, getsId, title } from "./values.ts";
import { deployBadge, useWorld } from "./world.ts";

/** Well below what a node spends on one `eth_call`. */
const MOST_GAS = 1_500_000;

const world = useWorld();
let claims = 0;

interface Claim {
  readonly title?: string;
  readonly amount?: bigint;
  readonly getsId?: string;
  readonly tokenId?: bigint;
}

async function claimed(claim: Claim = {}, badge = world.badge): Promise<{ tokenId: bigint; gasUsed: bigint }> {
  claims += 1;
  const all = { title, amount: 5n, getsId, tokenId: BigInt(claims), ...claim };
  const args = [world.alice.address, all.tokenId, all.getsId, all.title, id(`claim ${claims}`), all.amount, Funding.Mint];
  const { gasUsed } = await badge.send(world.admin, "claim", ...args);
  return { tokenId: all.tokenId, gasUsed };
}

async function metadataOf(tokenId: bigint, badge = world.badge): Promise<Metadata> {
  return metadataIn(await badge.read<string>("tokenURI", tokenId));
}

describe("metadata", () => {
  it("says title, GETS ID, reward, that it is not revoked, and where it is verified", async () => {
    const { tokenId } = await claimed({ amount: 12_500_000_000_000_000_000n });
    const metadata = await metadataOf(tokenId);
    expect(metadata).toEqual({
      name: title,
      description: `${title} is a Get Smart badge that stays with the learner who earned it. GETS ID: K7QWZ3M. Reward: 12.5 GETS.`,
      image: expect.stringMatching(/^data:image\/svg\+xml;base64,/),
      attributes: [
        { trait_type: "GETS ID", value: "K7QWZ3M" },
        { trait_type: "Reward", value: "12.5 GETS" },
        { trait_type: "Revoked", value: "No" },
      ],
      external_url: `${externalBase}/verify/K7QWZ3M`,
    });
    const picture = pictureIn(metadata);
    for (const text of [`>${title}</tspan>`, ">K7QWZ3M<", ">12.5 GETS<"]) expect(picture).toContain(text);
    expect(picture).not.toContain("REVOKED");
  });

  it("changes when the badge is revoked, and in nothing else", async () => {
    const { tokenId } = await claimed();
    const before = await metadataOf(tokenId);
    await world.badge.send(world.admin, "revoke", tokenId);
    const after = await metadataOf(tokenId);
    expect(after).toEqual({
      ...before,
      description: `${before.description} This badge was revoked by its issuer.`,
      image: expect.any(String),
      attributes: before.attributes.map((each) => (each.trait_type === "Revoked" ? { ...each, value: "Yes" } : each)),
    });
    expect(pictureIn(after)).toContain(">REVOKED</text>");
  });

  it("names no address when the contract has none", async () => {
    const badge = await deployBadge(world, "");
    const { tokenId } = await claimed({}, badge);
    expect(await metadataOf(tokenId, badge)).not.toHaveProperty("external_url");
    expect(await badge.read("externalBase")).toBe("");
  });

  it("escapes the address too", async () => {
    const badge = await deployBadge(world, 'https://x.example/"\\\n');
    const { tokenId } = await claimed({}, badge);
    expect((await metadataOf(tokenId, badge)).external_url).toBe('https://x.example/"\\\n/verify/K7QWZ3M');
  });

  it.each(DEEP ? HARD_TITLES : HARD_TITLES.slice(5, 12))("holds the title %j", async (text) => {
    const { tokenId } = await claimed({ title: text });
    await holds(tokenId, text);
    const data = world.badge.interface.encodeFunctionData("tokenURI", [tokenId]);
    expect(Number(await world.rpc("eth_estimateGas", { to: world.badge.address, data }))).toBeLessThan(MOST_GAS);
  });

  it("holds any title that the API takes", { timeout: 60_000 }, async () => {
    const titles = anyText({ minLength: 1, maxLength: 45 });
    await fc.assert(
      fc.asyncProperty(titles, async (text) => {
        const { tokenId } = await claimed({ title: text });
        await holds(tokenId, text);
      }),
      { numRuns: runs(60) },
    );
  });

  it("writes amounts as the API does", { timeout: 60_000 }, async () => {
    const amounts = fc.oneof(
      fc.bigInt({ min: 0n, max: cap / 1000n }),
      fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 6n }), fc.nat(24)).map(([digits, zeros]) => digits * 10n ** BigInt(zeros)),
    );
    await fc.assert(
      fc.asyncProperty(amounts, async (amount) => {
        const snapshot = await world.rpc("evm_snapshot");
        const { tokenId } = await claimed({ amount });
        expect(traitsOf(await metadataOf(tokenId)).Reward).toBe(`${formatAmount(amount)} GETS`);
        await world.rpc("evm_revert", snapshot);
      }),
      { numRuns: runs(60) },
    );
  });

  it("is each token's own, though titles are stored once", async () => {
    const long = "A title that takes more than one word of store";
    const first = await claimed({ title: long });
    const second = await claimed({ title: long, getsId: bytes7("AAAAAA2") });
    expect(second.gasUsed).toBeLessThan(first.gasUsed - 80_000n);
    const [one, other] = [await metadataOf(first.tokenId), await metadataOf(second.tokenId)];
    expect([one.name, other.name]).toEqual([long, long]);
    expect([traitsOf(one)["GETS ID"], traitsOf(other)["GETS ID"]]).toEqual(["K7QWZ3M", "AAAAAA2"]);
    const dearer = await claimed({ title: long, amount: 6n });
    expect(traitsOf(await metadataOf(dearer.tokenId)).Reward).toBe(`${formatAmount(6n)} GETS`);
    expect(traitsOf(await metadataOf(first.tokenId)).Reward).toBe(`${formatAmount(5n)} GETS`);
  });

  it("keeps titles apart whose hashes end alike", async () => {
    const [one, other] = ["Badge 0028297", "Badge 0067693"] as const;
    expect(numberOf(one)).toBe(numberOf(other));
    const first = await claimed({ title: one });
    const second = await claimed({ title: other });
    const third = await claimed({ title: other });
    const names = await Promise.all([first, second, third].map(async ({ tokenId }) => (await metadataOf(tokenId)).name));
    expect(names).toEqual([one, other, other]);
  });

  it.each([0n, 2n ** 256n - 1n])("is there for token %s", async (tokenId) => {
    await claimed({ tokenId });
    expect((await metadataOf(tokenId)).name).toBe(title);
  });

  it("survives a title that is not UTF-8", async () => {
    const word = (value: bigint | string) => (typeof value === "bigint" ? value.toString(16) : value.slice(2)).padStart(64, "0");
    const bytes = "c0ff80e282f09f98ff";
    const head = [world.alice.address, 7n, `0x${getsId.slice(2).padEnd(64, "0")}`, 7n * 32n, awardId, 1n, 0n].map(word);
    const data = `${world.badge.interface.getFunction("claim")?.selector}${head.join("")}${word(9n)}${bytes.padEnd(64, "0")}`;
    await (await world.admin.sendTransaction({ to: world.badge.address, data })).wait();
    const uri = await world.badge.read<string>("tokenURI", 7n);
    expect(Buffer.from(uri.split(",")[1] as string, "base64").includes(Buffer.from(bytes, "hex"))).toBe(true);
  });
});

async function holds(tokenId: bigint, text: string): Promise<void> {
  const metadata = await metadataOf(tokenId);
  expect(metadata.name).toBe(text);
  expect(metadata.description.startsWith(`${text} is a Get Smart badge`)).toBe(true);
  const picture = pictureIn(metadata);
  expect(picture).toContain(`<title>${xmlText(text)}</title>`);
  const lines = [...picture.matchAll(/<tspan [^>]*>([^<]*)<\/tspan>/g)].map(([, line]) => line as string);
  expect(lines.join("").replaceAll(" ", "")).toBe(xmlText(text).replaceAll(" ", ""));
  expect(lines.length).toBeLessThanOrEqual(5);
  for (const [, y] of picture.matchAll(/<tspan x="240" y="(\d+)"/g)) expect(Number(y)).toBeGreaterThan(220);
}

/** The last four bytes of keccak256(abi.encode(title, 5)), which number the terms of a badge. */
function numberOf(text: string): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["string", "uint256"], [text, 5n])).slice(-8);
}
