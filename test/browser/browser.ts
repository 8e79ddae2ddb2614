import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { missing } from "../support/tools.ts";

const EXECUTABLE = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => existsSync(file));

export const HEIGHT = 900;

/** Whether browser tests cannot run here, which is then said. */
export const NO_BROWSER = !EXECUTABLE && missing("no chromium is installed (apt-get install chromium)");

/** A page in headless Chromium, and every address that it asked for. Only loopback is let through. */
export async function openPage(browser: Browser): Promise<{ page: Page; asked: string[] }> {
  const asked: string[] = [];
  const page = await browser.newPage({ viewport: { width: 1280, height: HEIGHT } });
  await page.route("**", (route) => {
    const url = new URL(route.request().url());
    asked.push(url.href);
    return url.hostname === "127.0.0.1" ? route.continue() : route.abort();
  });
  return { page, asked };
}

/** `more`: further arguments of Chromium. */
export function launch(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    ...(EXECUTABLE ? { executablePath: EXECUTABLE } : {}),
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}
