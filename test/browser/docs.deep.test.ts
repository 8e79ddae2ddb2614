import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../emulator/sandbox.ts";
import { HEIGHT, launch, NO_BROWSER, openPage } from "./browser.ts";

describe.skipIf(NO_BROWSER)("the reference page at /v1/docs", () => {
  let sandbox: Sandbox;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    sandbox = await createSandbox();
    origin = await sandbox.listen();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await sandbox?.close();
  });

  it("shows every operation, asking nobody but the sandbox", async () => {
    const { page, asked } = await openPage(browser);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${origin}/v1/docs`);
    await page.getByRole("heading", { name: "Get Smart Token API" }).waitFor();
    await page.getByRole("button", { name: "Create a user" }).or(page.getByText("Create a user")).first().waitFor();
    // The one server it offers; a key tried here does not leave for the production host.
    await page.getByText(`${origin}/v1`).first().waitFor();
    expect(await page.getByText("api.getstoken.org").count()).toBe(0);
    expect(asked.filter((url) => !url.startsWith(origin))).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  it("opens at the error that an answer's doc_url names", async () => {
    const { page } = await openPage(browser);
    await page.goto(`${origin}/v1/docs#INSUFFICIENT_BALANCE`);
    const heading = page.getByRole("heading", { name: "INSUFFICIENT_BALANCE" });
    await heading.waitFor();
    await expect.poll(async () => ((await heading.boundingBox())?.y ?? Number.NaN) < HEIGHT).toBe(true);
    await page.close();
  });
});
