/** The page behind `verification_url`: what it says, what it does not, and that nothing in it can act. */
import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { VERIFICATION_HEADERS, verificationPage } from "../../emulator/http/pages/verification.ts";
import { world } from "../support/client.ts";
import { CLAIMED, type Given, verifierOf, WALLET } from "../support/verification-world.ts";

async function pageOf(given: Given = {}, gets_id = CLAIMED.gets_id): Promise<string> {
  return verificationPage(await verifierOf(given).verify({ gets_id }));
}

const UNCLAIMED = { chain: null, claimed_at: null } as const;

it.each<[heading: string, given: Given]>([
  ["Genuine badge", {}],
  ["Revoked badge", { onChain: { revoked: true } }],
  ["Expired: never claimed", { award: { ...UNCLAIMED, status: "expired" } }],
  ["Not claimed", { award: { ...UNCLAIMED, status: "approved" } }],
  ["Not granted", { award: { ...UNCLAIMED, status: "rejected", claim_expires_at: null } }],
  ["Warning: ghost badge", { award: { chain: { ...(CLAIMED.chain as NonNullable<typeof CLAIMED.chain>), contract_address: WALLET } } }],
  ["Not in the recipient’s wallet", { onChain: { owner: `0x${"9".repeat(40)}` } }],
])("%s: title and heading say it in words", async (heading, given) => {
  const page = await pageOf(given);
  expect(page).toContain(`<h1>${heading}</h1>`);
  expect(page).toContain(`<title>${heading}: The Tech Shaman (K7QWZ3M)`);
});

it("No such badge", async () => {
  expect(await pageOf({}, "AAAAAAA")).toContain("<h1>No such badge</h1>");
});

describe("what people wrote", () => {
  const hostile = `</style></title><script>alert(1)</script><img src=x onerror="alert('2')">&amp;`;
  const everywhere: Given = {
    badge: {
      title: hostile,
      description: hostile,
      criteria: { narrative: hostile, url: `https://x.example/"><script>` },
      level: { name: hostile, rank: 1 },
    },
    sponsor: { organization: { name: hostile, website: "https://x.example", audience: hostile } },
    award: { status: "revoked", revocation: { reason: hostile, revoked_at: "2026-01-02T00:00:00.000Z" } },
  };

  it("is text, wherever it stands", async () => {
    const page = await pageOf(everywhere);
    expect(page).not.toMatch(/<script|<img|onerror="|"><script/);
    expect(page.split("&lt;/style&gt;&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;").length - 1).toBeGreaterThanOrEqual(7);
    expect(page).toContain("&amp;amp;");
    expect(page.match(/<\/style>/g)).toHaveLength(1);
  });

  it("has its own direction, right-to-left writing too", async () => {
    const page = await pageOf({ badge: { title: "شامان التقنية 🎓" } });
    expect(page).toContain('<h2 dir="auto">شامان التقنية 🎓</h2>');
  });
});

describe("people", () => {
  it("the recipient is a wallet, in short", async () => {
    const page = await pageOf();
    expect(page).not.toMatch(/Ada|Lovelace|example\.org/);
    expect(page).not.toContain(WALLET);
    expect(page).toContain("0x0000…0003");
  });

  it("a sponsor is named when they are an organisation, and only then", async () => {
    expect(await pageOf()).toContain("Awarded by <bdi>Engines Ltd</bdi>");
    const person = await pageOf({ sponsor: { organization: null, type: "individual", display_name: "Charles Babbage" } });
    expect(person).not.toContain("Babbage");
    const school = await pageOf({ sponsor: { organization: null, type: "organization", display_name: "Analytical School" } });
    expect(school).toContain("Analytical School");
  });
});

describe("pictures", () => {
  it("that come with the badge are shown", async () => {
    expect(await pageOf({ badge: { image_url: "data:image/png;base64,AAAA" } })).toContain('<img src="data:image/png;base64,AAAA"');
  });

  it("on another host are linked: the visitor's browser asks nobody", async () => {
    const page = await pageOf({ badge: { image_url: "https://tracker.example/p.png" } });
    expect(page).not.toContain("<img");
    expect(page).toContain('<a href="https://tracker.example/p.png" rel="noopener noreferrer nofollow">');
  });
});

it("nothing runs, loads or is sent anywhere: the policy allows the one style by its hash", async () => {
  const { sandbox, api } = await world();
  const { headers, text } = await api.as(null).get("/verify/AAAAAAA").set("Accept", "text/html").expect(200);
  const [, style = ""] = /<style>([\s\S]*)<\/style>/.exec(text) ?? [];
  const policy = String(headers["content-security-policy"]);
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${hash("sha256", style, "base64")}'`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(headers).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "no-store", "x-content-type-options": "nosniff" });
  expect(policy).toBe(VERIFICATION_HEADERS["Content-Security-Policy"]);
  expect(text).not.toMatch(/<script|<iframe|<form| style="| on\w+="/);
  expect(text.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
  await sandbox.close();
});
