/** The picture in a badge's `tokenURI`, as a browser reads and draws it. */
import { Interface } from "ethers";
import fc from "fast-check";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HardhatChain, newRules } from "../../emulator/adapters/hardhat/chain.ts";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";
import { anyText } from "../support/any-text.ts";
import { HARD_TITLES, metadataIn, pictureIn, shownInXml } from "../support/badge-metadata.ts";
import { claim, GETS } from "../support/chain-calls.ts";
import { setting } from "../support/depth.ts";
import { launch, NO_BROWSER, openPage } from "./browser.ts";

const TOKEN_URI = new Interface(["function tokenURI(uint256) view returns (string)"]);
const START = Date.parse("2026-01-01T00:00:00Z") / 1000;
const SIZE = 480;
/** What an XML parser finds in an SVG: run in the page. */
const READ = `(text) => {
  const root = new DOMParser().parseFromString(text, "image/svg+xml");
  const elements = [...new Set([...root.querySelectorAll("*")].map(({ localName }) => localName))].sort();
  const error = root.querySelector("parsererror");
  return { error: error && error.textContent, title: root.querySelector("title")?.textContent, elements };
}`;
const SEED = Number(process.env.FUZZ_SEED ?? Date.now());
const ANY = fc.sample(anyText({ minLength: 1, maxLength: 45 }), {
  numRuns: setting("FUZZ_RUNS", { short: 10, deep: 150 }),
  seed: SEED,
});

describe.skipIf(NO_BROWSER)("the picture of a badge on the chain", () => {
  let chain: HardhatChain;
  let browser: Browser;
  let badges = 0n;
  beforeAll(async () => {
    browser = await launch();
    chain = await HardhatChain.create({ chainId: 31337, genesis: new Date(START * 1000), rules: newRules(), root: PACKAGE_ROOT });
    await chain.deploy(START);
  });
  afterAll(() => Promise.all([browser?.close(), chain?.close()]));

  async function metadataOf(title: string, revoked = false) {
    const tokenId = ++badges;
    const calls = [claim(chain.identity.server, tokenId, chain.idHash(`award ${tokenId}`), GETS, title)];
    if (revoked) calls.push({ contract: "badge", method: "revoke", args: [tokenId] });
    const { block } = await chain.sendAndMine(calls, START);
    expect(block.receipts.map(({ failure }) => failure)).toEqual(calls.map(() => null));
    const call = { to: chain.identity.badge, data: TOKEN_URI.encodeFunctionData("tokenURI", [tokenId]) };
    const answer = (await chain.request("eth_call", [call, "latest"])) as string;
    return metadataIn(TOKEN_URI.decodeFunctionResult("tokenURI", answer)[0]);
  }

  it(`is XML with the title as its text, whatever the title (FUZZ_SEED=${SEED})`, { timeout: 120_000 }, async () => {
    const { page } = await openPage(browser);
    for (const title of [...HARD_TITLES, ...ANY]) {
      const svg = pictureIn(await metadataOf(title));
      const read = await page.evaluate(`(${READ})(${JSON.stringify(svg)})`);
      const elements = "circle defs linearGradient path rect stop svg text title tspan".split(" ");
      expect(read, JSON.stringify(title)).toEqual({ error: null, title: shownInXml(title), elements });
    }
    await page.close();
  });

  it.each([false, true])("is drawn as an image that asks for nothing (revoked: %s)", async (revoked) => {
    const { page, asked } = await openPage(browser);
    const { image } = await metadataOf("The Tech Shaman", revoked);
    await page.setContent(`<img src="${image}">`);
    const size = await page.evaluate(
      `(async ([img]) => { await img.decode(); return [img.naturalWidth, img.naturalHeight]; })(document.images)`,
    );
    const [width, height] = size as [number, number];
    expect([width > 0, height]).toEqual([true, width]);
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([]);
    await page.close();
  });

  it.each(["The Tech Shaman", "Certified Associate in Advanced Data Analysis", "W".repeat(45), "i".repeat(45), "MMMM ".repeat(9)])(
    "has room for the title %j",
    async (title) => {
      const { page } = await openPage(browser);
      await page.setContent(`<body style="margin:0;width:${SIZE}px">${pictureIn(await metadataOf(title))}</body>`);
      const boxes = await page.locator("tspan").evaluateAll((all) => all.map((each) => each.getBoundingClientRect()));
      for (const { left, right, top, bottom } of boxes) {
        expect([left > 16, right < SIZE - 16, top > 200, bottom < 396]).toEqual([true, true, true, true]);
      }
      await page.close();
    },
  );
});
