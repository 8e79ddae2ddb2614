/** A trace as `getsmart-sandbox trace` draws it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { treeOf } from "../../emulator/cli/trace.ts";
import { drawn } from "../../emulator/cli/tree.ts";
import { badgeWorld } from "../support/client.ts";
import { Receiver } from "../support/receiver.ts";

let here: Awaited<ReturnType<typeof badgeWorld>>;
let receiver: Receiver;
beforeAll(async () => {
  here = await badgeWorld();
  receiver = await Receiver.open((res) => res.writeHead(receiver.received.length === 1 ? 500 : 204).end());
});
afterAll(async () => {
  await here.sandbox.close();
  await receiver.close();
});

/** Without what is another one in each run. */
const settled = (text: string) =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "INSTANT")
    .replaceAll(/\d+(\.\d)? ms/g, "N ms")
    .replaceAll(/http:\S+/g, "URL")
    .replaceAll(/0x0{40}\b/g, "NOBODY")
    .replaceAll(/0x\w{64}\b/g, "HASH")
    .replaceAll(/0x\w{40}\b/g, "ADDRESS")
    .replaceAll(/0x\w+…/g, "HASH")
    .replaceAll(/\b([a-z]{3})_[0-9A-Z]{26}\b/g, "$1")
    .replaceAll(/\b(unit|block|tokenId|token_id:.*→|block_number:.*→) \d+/g, "$1 N");

it("a claim: stages, what was committed, the chain's events, deliveries and their attempts", async () => {
  const award = await here.award("approved");
  await here.sandbox.clock.freeze();
  await here.api.post("/webhook-endpoints", { url: receiver.url, enabled_events: ["award.claimed"] }).expect(201);
  const { headers } = await here.api.post(`/awards/${award.id}/claim`).expect(200);
  const id = headers["request-id"] as string;
  await here.sandbox.clock.advance("6s");
  expect(settled(drawn(treeOf(here.sandbox.trace(id))))).toMatchInlineSnapshot(`
    "req  POST /v1/awards/awd/claim → 200  (INSTANT)
    ├─ route           claimAward
    ├─ authentication  key (Default key)  N ms
    ├─ quota           not metered  N ms
    ├─ scope           N ms
    ├─ validation      N ms
    ├─ idempotency     no key  N ms
    ├─ unit begins     N ms
    ├─ committed as unit N  N ms
    │  ├─ transactions  txn  created  confirmed
    │  ├─ awards  awd  updated  approved → claimed
    │  │  ├─ reward.transaction_id: null → txn
    │  │  ├─ chain.contract_address: null → ADDRESS
    │  │  ├─ chain.token_id: null → N
    │  │  ├─ chain.tx_hash: null → HASH
    │  │  ├─ chain.block_number: null → N
    │  │  ├─ chain.locked: null → true
    │  │  └─ claimed_at: null → INSTANT
    │  ├─ event token.transaction.created  evt
    │  ├─ event token.transaction.confirmed  evt
    │  └─ event award.claimed  evt
    │     └─ delivery dlv → URL  succeeded
    │        ├─ INSTANT  500  N ms
    │        └─ INSTANT  204  N ms
    ├─ transaction HASH  badge.claim  confirmed in block N
    │  ├─ badge.Transfer  from NOBODY  to ADDRESS  tokenId N
    │  ├─ badge.Locked  tokenId N
    │  ├─ token.Transfer  from NOBODY  to ADDRESS  amount 5 GETS
    │  └─ badge.Claimed  awardId HASH  tokenId N  to ADDRESS  amount 5 GETS  funding 0
    └─ answer          200  N ms"
  `);
});
