/** The verification page as people meet it: on a phone, in the dark, without JavaScript, with a screen reader. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERIFICATION_HEADERS, verificationPage } from "../../emulator/http/pages/verification.ts";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";
import { api } from "../support/client.ts";
import { DEEP } from "../support/depth.ts";
import { CLAIMED, FOREIGN, type Given, STRANGER, verifierOf } from "../support/verification-world.ts";
import { newAward, newBadge } from "../support/verified-awards.ts";
import { launch, NO_BROWSER } from "./browser.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A picture of one pixel. */
const PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

const HEADINGS = {
  valid: "Genuine badge",
  revoked: "Revoked badge",
  applied: "Not claimed",
  rejected: "Not granted",
  approved: "Not claimed",
  expired: "Expired: never claimed",
  unknown: "No such badge",
  hostile: "Genuine badge",
  ghost: "Warning: ghost badge",
  owner: "Not in the recipient’s wallet",
};
type Case = keyof typeof HEADINGS;
const CASES = Object.keys(HEADINGS) as Case[];

/** Every page looks like one of these; the dark is where contrast fails first. */
const EXAMINED: readonly Case[] = DEEP ? CASES : ["valid", "ghost", "unknown"];
const SCHEMES = DEEP ? (["light", "dark"] as const) : (["dark"] as const);

/** What no sandbox brings about by itself: its chain and its records agree. */
const DISAGREEMENTS: Partial<Record<Case, Given>> = {
  ghost: { award: { chain: { ...(CLAIMED.chain as NonNullable<typeof CLAIMED.chain>), contract_address: FOREIGN } } },
  owner: { onChain: { owner: STRANGER } },
};

describe.skipIf(NO_BROWSER)("the page behind verification_url", () => {
  let sandbox: Sandbox;
  let origin: string;
  let browser: Browser;
  const codes: Partial<Record<Case, string>> = { unknown: "AAAAAAA" };

  beforeAll(async () => {
    sandbox = await createSandbox();
    origin = await sandbox.listen();
    const client = api(origin, sandbox.apiKey);
    const badge = await newBadge(client, { image_url: PNG, level: { name: "Gold", rank: 2 } });
    const criteria = { narrative: `${"x".repeat(400)} كن هادئا`, url: "https://criteria.example/1" };
    const hostile = await newBadge(client, {
      title: `<script>document.title="x"</script>`,
      criteria,
      image_url: "https://tracker.example/p.png",
    });
    codes.expired = (await newAward(client, badge, ["approve"])).gets_id;
    await sandbox.clock.advance("91d");
    codes.valid = (await newAward(client, badge, ["approve", "claim"])).gets_id;
    codes.revoked = (await newAward(client, badge, ["approve", "claim", "revoke"])).gets_id;
    codes.applied = (await newAward(client, badge, [])).gets_id;
    codes.rejected = (await newAward(client, badge, ["reject"])).gets_id;
    codes.approved = (await newAward(client, badge, ["approve"])).gets_id;
    codes.hostile = (await newAward(client, hostile, ["approve", "claim"])).gets_id;
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.close();
  });

  /** The page of a case, and every address that the browser asked for. */
  async function open(context: BrowserContext, which: Case): Promise<{ page: Page; asked: string[] }> {
    const page = await context.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const given = DISAGREEMENTS[which];
    const url = `${origin}/v1/verify/${codes[which] ?? CLAIMED.gets_id}`;
    if (given) {
      const body = verificationPage(await verifierOf(given).verify({ gets_id: CLAIMED.gets_id }));
      await page.route(url, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", headers: VERIFICATION_HEADERS, body }));
    }
    await page.goto(url);
    return { page, asked };
  }

  describe.each(SCHEMES)("in %s", (colorScheme) => {
    it.each(EXAMINED)("%s: accessible, at rest, and from nowhere else", async (which) => {
      const context = await browser.newContext({ viewport: { width: 360, height: 800 }, colorScheme });
      const { page, asked } = await open(context, which);
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      // Run by the debugger, which the page's own policy does not bind.
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([`${origin}/v1/verify/${codes[which] ?? CLAIMED.gets_id}`]);
      expect(complaints).toEqual([]);
      await context.close();
    });
  });

  it.each(EXAMINED)("%s: complete with JavaScript disabled, and no wider than the narrowest phone", async (which) => {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
    const { page } = await open(context, which);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(HEADINGS[which]);
    expect(await page.title()).toContain(HEADINGS[which]);
    expect(
      await page
        .getByRole("listitem")
        .filter({ hasText: /Passed|Failed/ })
        .count(),
    ).toBeGreaterThan(0);
    const overflows = await page
      .locator("html, main, section, dd, li")
      .evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    expect(overflows).toBe(0);
    await context.close();
  });

  it("shows the style of its own, which the policy lets through", async () => {
    const context = await browser.newContext();
    const { page } = await open(context, "valid");
    expect(await page.evaluate(`getComputedStyle(document.querySelector(".verdict")).display`)).toBe("grid");
    expect(await page.evaluate(`document.querySelector("img[alt='Picture of the badge']").naturalWidth`)).toBe(1);
    await context.close();
  });

  it("a title that is markup is read as text", async () => {
    const context = await browser.newContext();
    const { page } = await open(context, "hostile");
    expect(await page.getByRole("heading", { level: 2 }).first().textContent()).toBe(`<script>document.title="x"</script>`);
    expect(await page.title()).not.toBe("x");
    await context.close();
  });
});
