import { hash } from "node:crypto";
import type { AwardRecord } from "../../model/award.ts";
import type { Check, VerificationStatus } from "../../model/verification.ts";
import type { Subject, Verdict } from "../../services/verification.ts";
import { type Fragment, Html, html } from "./html.ts";
import { STYLE } from "./verification-style.ts";

/** Nothing runs on this page, and nothing on it comes from, or goes, anywhere else: not even the address of the visitor. */
export const VERIFICATION_HEADERS = {
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${hash("sha256", STYLE, "base64")}'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "Referrer-Policy": "no-referrer",
};

/**
 * What the QR code of a badge leads to, for people: complete without JavaScript. Learners can be minors, so it names the
 * recipient by their wallet only and asks search engines to pass by.
 */
export function verificationPage({ verification, subject }: Verdict): string {
  const { status, checks, checked_at } = verification;
  const { tone, heading, says } = subject?.award.status === "rejected" ? NOT_GRANTED : VERDICTS[status];
  const lead = says(subject);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${subject ? `${heading}: ${subject.badge.title} (${subject.award.gets_id})` : heading} – Get Smart badges</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
<header><p>Get Smart badge verification</p></header>
<main>
<section class="verdict ${tone}">${ICONS[tone]}<div><h1>${heading}</h1>${lead.map((each) => html`<p>${each}</p>`)}</div></section>
${subject && [badgeSection(subject), factsSection(subject, verification.award?.explorer_url ?? null)]}
<section><h2>What was checked</h2><ul class="checks">${checks.map(checkItem)}</ul></section>
${subject && verification.award && status !== "contract_mismatch" && selfHelp(subject, verification.award.verification_url)}
<section><h2>Beware of ghost badges</h2><p>A token can look like this badge and be worthless: everybody can make one that has the same name and picture. Genuine badges come from the official contract alone. Do not interact with badges that you do not expect.</p></section>
</main>
<footer><p>Checked on ${time(checked_at)} by a local sandbox of the Get Smart Token API, against its records and its chain.</p></footer>
</body>
</html>
`.text;
}

type Tone = "good" | "wait" | "bad";

interface Heading {
  readonly tone: Tone;
  readonly heading: string;
  says(subject: Subject | null): Fragment[];
}

const NOT_GRANTED: Heading = { tone: "bad", heading: "Not granted", says: () => ["It was applied for, and turned down."] };

const VERDICTS: Readonly<Record<VerificationStatus, Heading>> = {
  valid: { tone: "good", heading: "Genuine badge", says: () => ["It was earned and claimed, and it is in force."] },
  revoked: {
    tone: "bad",
    heading: "Revoked badge",
    says: (subject) => {
      const revocation = subject?.award.revocation;
      if (!revocation) return ["It was withdrawn and no longer counts."];
      return [
        html`It was withdrawn on ${time(revocation.revoked_at)} and no longer counts.`,
        html`The reason given: <q dir="auto">${revocation.reason}</q>`,
      ];
    },
  },
  expired: { tone: "bad", heading: "Expired: never claimed", says: () => ["It was not claimed in time, so it does not count."] },
  not_claimed: { tone: "wait", heading: "Not claimed", says: (subject) => [notClaimed(subject?.award)] },
  contract_mismatch: {
    tone: "bad",
    heading: "Warning: ghost badge",
    says: () => ["It looks like a badge, but the official contract did not make it. Do not trust it, and do not interact with it."],
  },
  owner_mismatch: {
    tone: "bad",
    heading: "Not in the recipient’s wallet",
    says: () => ["The badge exists, but it is not where it belongs. Do not take it as a proof."],
  },
  invalid_credential: {
    tone: "bad",
    heading: "Credential not genuine",
    says: () => ["It was not signed by this issuer, or it was altered afterwards."],
  },
  not_found: {
    tone: "bad",
    heading: "No such badge",
    says: () => ["No badge with this GETS ID is known. Compare the seven characters with those printed on the badge."],
  },
};

function notClaimed(award: AwardRecord | undefined): string {
  if (award?.pending?.action === "claim") return "It is being claimed at this moment. Look again in a little while.";
  if (award?.status === "approved") return "It was granted and is not claimed yet. It counts as soon as the recipient claims it.";
  return "It was applied for and is not granted yet.";
}

const icon = (shape: Html) =>
  html`<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shape}</svg>`;

/** A shield with a tick, a clock, a stop sign with a cross. */
const ICONS: Readonly<Record<Tone, Html>> = {
  good: icon(html`<path d="M24 4 40 10v12c0 11-7 18-16 22C15 40 8 33 8 22V10Z"/><path d="m16 23 6 6 10-11"/>`),
  wait: icon(html`<circle cx="24" cy="24" r="19"/><path d="M24 13v12l7 5"/>`),
  bad: icon(html`<path d="M16 5h16l11 11v16L32 43H16L5 32V16Z"/><path d="m18 18 12 12m0-12L18 30"/>`),
};

function badgeSection({ badge, sponsor }: Subject): Html {
  const { title, description, level, criteria, image_url } = badge;
  const isOwn = image_url?.startsWith("data:image/png;base64,") ?? false;
  return html`<section class="badge${isOwn && " pictured"}">
${isOwn && html`<img src="${image_url}" alt="Picture of the badge">`}
<div>
<h2 dir="auto">${title}</h2>
<p class="soft">${level && html`Level: <bdi>${level.name}</bdi> · `}Awarded by ${sponsorName(sponsor)}</p>
<p class="text" dir="auto">${description}</p>
${image_url !== null && !isOwn && html`<p>${link(image_url, "Picture of the badge")}, on another site</p>`}
</div>
</section>
<section><h2>Criteria</h2><p class="text" dir="auto">${criteria.narrative}</p>${criteria.url !== null && html`<p>${link(criteria.url, "The criteria at length")}, on another site</p>`}</section>
`;
}

/** An organisation is named; a person who sponsors is not. */
function sponsorName({ organization, type, display_name }: Subject["sponsor"]): Fragment {
  const name = organization?.name ?? (type === "organization" ? display_name : null);
  return name === null ? "a sponsor who is not named here" : html`<bdi>${name}</bdi>`;
}

function factsSection({ award, recipient }: Subject, explorer: string | null): Html {
  const { chain, revocation } = award;
  const { address } = recipient.wallet;
  const rows: readonly [string, Fragment][] = [
    ["GETS ID", html`<code>${award.gets_id}</code>`],
    ["Recipient", html`Wallet <code>${address.slice(0, 6)}…${address.slice(-4)}</code>. Names are not shown here.`],
    ["Applied for", award.applied_at && time(award.applied_at)],
    ["Granted", award.approved_at && time(award.approved_at)],
    ["Claimed", award.claimed_at && time(award.claimed_at)],
    ["Claimable until", award.chain || revocation ? null : award.claim_expires_at && time(award.claim_expires_at)],
    ["Revoked", revocation && time(revocation.revoked_at)],
    ["Reward", chain && `${award.reward.amount} GETS`],
    ["Token", chain && `No. ${chain.token_id}`],
    ["Contract", chain && html`<code>${chain.contract_address}</code>`],
    [
      "Transaction",
      chain &&
        html`<code>${chain.tx_hash}</code>, in block ${chain.block_number}${explorer && html` (${link(explorer, "see it in the explorer")})`}`,
    ],
  ];
  const shown = rows.filter(([, value]) => value !== null);
  return html`<section><h2>The award</h2><dl>${shown.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl></section>`;
}

function checkItem({ passed, detail }: Check): Html {
  const outcome = passed ? html`<strong class="passed">✓ Passed</strong>` : html`<strong class="failed">✗ Failed</strong>`;
  return html`<li>${outcome}<span dir="auto">${detail}</span></li>`;
}

function selfHelp({ award, recipient }: Subject, url: string): Html {
  const { chain } = award;
  return html`<section><h2>Verify it yourself</h2><ol class="steps">
<li>Compare the GETS ID and the title with those printed on the badge.</li>
<li>Ask for this answer as data: <code class="command">curl -H "Accept: application/json" ${url}</code></li>
${
  chain &&
  html`<li>Ask the contract, on the chain with the id ${recipient.wallet.chain_id}: <code>ownerOf(${chain.token_id})</code> names the recipient’s wallet, <code>locked(${chain.token_id})</code> says that it cannot be given away, and <code>revoked(${chain.token_id})</code> whether it was withdrawn.</li>
<li>Ask the recipient for the Open Badges credential and check its signature: here are the <a href="../jwks.json">keys</a>, the <a href="../issuer">issuer</a> and the <a href="../credential-revocations">revocations</a>.</li>`
}
</ol></section>`;
}

function link(url: string, text: string): Html {
  return html`<a href="${url}" rel="noopener noreferrer nofollow">${text}</a>`;
}

/** Made for the first page: it loads the rules of a language, which costs more than the page. */
let format: Intl.DateTimeFormat | undefined;

function time(instant: string): Html {
  format ??= new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  return html`<time datetime="${instant}">${format.format(Date.parse(instant))} UTC</time>`;
}
