/** Each invariant is broken beneath the API, in records, journal or chain, and doctor names it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HardhatChain } from "../../emulator/adapters/hardhat/chain.ts";
import { MemoryStore } from "../../emulator/adapters/memory/store.ts";
import { examine } from "../../emulator/control/doctor/examine.ts";
import { decodeLine } from "../../emulator/engine/journal-line.ts";
import type { AnyRecord, Change, TableName, Tables } from "../../emulator/model/tables.ts";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";
import type { ChainCall } from "../../emulator/ports/chain.ts";
import { createSandbox } from "../../emulator/sandbox.ts";
import { api, newUser } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";

let store: MemoryStore;
let chain: HardhatChain;
let lines: string[];
let apiKey: string;
let secret: string;
let issuerKey: string;
let block: number;

/** The records and the chain of a sandbox with `academy`, without what keeps them in order. */
beforeAll(async () => {
  const dataDir = newFolder();
  const sandbox = await createSandbox({ dataDir, fixture: "academy" });
  ({ apiKey } = sandbox);
  const { body } = await api(sandbox.app, apiKey).post("/webhook-endpoints", { url: "http://127.0.0.1:9/hook" }).expect(201);
  ({ secret } = body.data);
  const [award] = (await api(sandbox.app, apiKey).get("/awards?status=claimed").expect(200)).body.data.items;
  await api(sandbox.app, apiKey).get(`/awards/${award.id}/credential`).expect(200);
  await newUser(api(sandbox.app, apiKey));
  await sandbox.close();
  store = new MemoryStore(JSON.parse(readFileSync(join(dataDir, "db.json"), "utf8")).records);
  issuerKey = first("issuer_keys").private_jwk.d as string;
  lines = readFileSync(join(dataDir, "journal.ndjson"), "utf8").trim().split("\n");
  const [header, ...rest] = lines.map(decodeLine);
  if (header?.kind !== "header") throw new Error("no header");
  chain = await HardhatChain.create({ chainId: header.chain_id, genesis: new Date(header.start), rules: header.rules, root: PACKAGE_ROOT });
  for (const line of rest) if (line.kind === "unit") await chain.replay(line.chain ?? []);
  block = (await chain.head()).number;
}, 60_000);
afterAll(() => chain.close());

async function* linesFrom(...texts: string[][]) {
  for (const text of texts.flat()) yield { text };
}
async function findings(more: string[] = [], committedBlock = block) {
  const world = { quiet: <T>(read: () => Promise<T>) => read(), committedBlock };
  return await examine({ world, store, chain, lines: () => linesFrom(lines, more) });
}
const broken = async (more?: string[], committedBlock?: number) =>
  (await findings(more, committedBlock)).filter(({ problems }) => problems.length > 0);

const first = <T extends TableName>(table: T, fits: (record: Tables[T]) => boolean = () => true) => {
  const found = (store.fold()[table] as readonly Tables[T][]).find(fits);
  if (!found) throw new Error(`academy has no such record in ${table}`);
  return found;
};
const claimed = () => first("awards", ({ status }) => status === "claimed");
const sponsored = () => first("awards", ({ status, reward }) => status === "approved" && reward.funding === "sponsor");

/** With these records, and as before afterwards. */
async function withRecord(table: TableName, record: AnyRecord, check: () => Promise<void>) {
  const undo = store.apply([{ table, id: record.id, record } as Change]);
  await check().finally(() => store.apply(undo));
}

it("nothing is broken to begin with", async () => {
  expect(await broken()).toEqual([]);
});

describe("records", () => {
  it.each<[string, () => [TableName, AnyRecord], RegExp, RegExp]>([
    [
      "a transaction of another amount",
      () => ["transactions", { ...first("transactions"), amount: "12345" }],
      /one Transfer log/,
      /something else/,
    ],
    [
      "a transaction confirmed long after its block",
      () => [
        "transactions",
        { ...first("transactions", ({ status }) => status === "confirmed"), confirmed_at: "2030-01-01T00:00:00.000Z" },
      ],
      /within a second/,
      /confirmed at 2030/,
    ],
    [
      "an award claimed by somebody else",
      () => ["awards", { ...claimed(), recipient_id: claimed().sponsor_id }],
      /locked badge/,
      /belongs to/,
    ],
    [
      "an award revoked in the records alone",
      () => ["awards", { ...claimed(), status: "revoked" }],
      /locked badge/,
      /not revoked on the chain/,
    ],
    ["an award claimed that is no badge", () => ["awards", { ...claimed(), token_id: "99999" }], /locked badge/, /not on the chain/],
    ["an award without its escrow", () => ["awards", { ...sponsored(), status: "expired" }], /escrow/, /escrow holds/],
    ["a badge that counts wrong", () => ["badges", { ...first("badges"), awards_count: 77 }], /counts its/, /awards_count is 77/],
    [
      "a badge archived without an event",
      () => ["badges", { ...first("badges"), status: "archived" }],
      /one event/,
      /0 events badge.archived/,
    ],
    [
      "an approval without an event",
      () => ["awards", { ...first("awards", ({ status }) => status === "applied"), approved_at: "2026-01-01T00:00:00.000Z" }],
      /one event/,
      /0 events award.approved/,
    ],
    ["a user deleted without an event", () => ["users", { ...first("users"), status: "deleted" }], /one event/, /0 events user.deleted/],
    [
      "an event that is there twice",
      () => ["events", { ...first("events", ({ type }) => type === "award.claimed"), id: "evt_twice" }],
      /one event/,
      /2 events award.claimed/,
    ],
    [
      "an achievement without an event",
      () => ["achievements", { ...first("achievements"), id: "ach_new" }],
      /one event/,
      /ach_new has 0 events/,
    ],
    [
      "progress completed without an event",
      () => ["progress", { ...first("progress", ({ final }) => final === null), final: [] }],
      /one event/,
      /0 events achievement.completed/,
    ],
    [
      "a delivery of nothing",
      () => ["webhook_deliveries", { ...first("webhook_deliveries"), event_id: "evt_none" }],
      /delivery/,
      /no event evt_none/,
    ],
    ["an API key in clear", () => ["users", { ...first("users"), metadata: { key: apiKey } }], /in clear/, /API key key_\w+ stands there/],
    [
      "a webhook secret elsewhere",
      () => ["users", { ...first("users"), metadata: { secret } }],
      /in clear/,
      /secret of whe_\w+ stands there/,
    ],
    [
      "the issuer key elsewhere",
      () => ["users", { ...first("users"), metadata: { key: issuerKey } }],
      /in clear/,
      /secret of the issuer key [\w-]+ stands there/,
    ],
  ])("%s", async (_, make, invariant, problem) => {
    await withRecord(...make(), async () => {
      const found = await broken();
      const named = found.find((finding) => invariant.test(finding.invariant));
      expect(named?.problems.join("\n"), JSON.stringify(found)).toMatch(problem);
    });
  });
});

describe("the journal", () => {
  it("with an API key or a webhook secret in its history", async () => {
    const [found] = await broken([JSON.stringify({ records: { users: [{ metadata: { apiKey, secret } }] } })]);
    expect(found?.problems).toEqual([
      expect.stringMatching(/journal: the API key key_\w+ stands there in clear$/),
      expect.stringMatching(/journal: the secret of whe_\w+ stands there$/),
    ]);
    expect(JSON.stringify(found)).not.toContain(secret);
  });

  it("with an error answer that left something", async () => {
    const refusal = { id: "key", status: 422, body: "{}" };
    const lineOf = (more: object) => JSON.stringify({ v: 1, kind: "unit", seq: 9999, at: 0, idempotency: [refusal], ...more });
    expect(await broken([lineOf({})])).toEqual([]);
    const left = { records: { users: [first("users")] }, events: [first("events")], chain: [{ hash: "0x" }] };
    for (const [member, value] of Object.entries(left)) {
      const problem = expect.stringMatching(new RegExp(`error answer was kept together with ${member}`));
      expect(await broken([lineOf({ [member]: value })])).toMatchObject([
        { invariant: expect.stringMatching(/^an error answer leaves no record/), problems: [problem] },
      ]);
    }
  });

  it("at another block than the chain", async () => {
    expect(await broken([], block + 1)).toMatchObject([{ invariant: "chain and journal end in the same block" }]);
  });
});

describe("the chain", () => {
  /** With calls that nobody recorded, and as before afterwards. */
  async function withCalls(calls: ChainCall[], check: (head: number) => Promise<void>) {
    const mark = await chain.mark();
    for (const call of calls) await chain.send(call);
    const { timestamp } = await chain.head();
    const { block: mined } = await chain.mine(timestamp);
    expect(mined.receipts.map(({ failure }) => failure)).toEqual(calls.map(() => null));
    await check(mined.number).finally(() => chain.revert(mark));
  }

  it("with a mint that has no transaction", async () => {
    const { wallet } = first("users");
    await withCalls([{ contract: "token", method: "mint", args: [wallet.address, 5n] }], async (head) => {
      expect(await broken([], head)).toMatchObject([{ problems: [expect.stringMatching(/has no transaction/)] }]);
    });
  });

  it("with a badge revoked beside the API", async () => {
    await withCalls([{ contract: "badge", method: "revoke", args: [BigInt(claimed().token_id)] }], async (head) => {
      expect(await broken([], head)).toMatchObject([
        { problems: [expect.stringMatching(/is revoked on the chain, the award is claimed/)] },
      ]);
    });
  });

  it("with a reward given back beside the API", async () => {
    await withCalls([{ contract: "token", method: "refund", args: [chain.idHash(sponsored().id)] }], async (head) => {
      expect((await broken([], head)).map(({ invariant }) => invariant)).toContainEqual(expect.stringMatching(/escrow/));
    });
  });

  /** The chain, but for some answers. */
  const lying = (lies: Partial<HardhatChain>) =>
    new Proxy(chain, {
      get(target, name) {
        if (Object.hasOwn(lies, name)) return lies[name as keyof HardhatChain];
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const brokenIf = async (lies: Partial<HardhatChain>) => {
    const world = { quiet: <T>(read: () => Promise<T>) => read(), committedBlock: block };
    return (await examine({ world, store, chain: lying(lies), lines: () => linesFrom() })).filter(({ problems }) => problems.length > 0);
  };

  it("with more tokens than the cap", async () => {
    const info = await chain.tokenInfo();
    expect(await brokenIf({ tokenInfo: async () => ({ ...info, cap: 1n }) })).toMatchObject([
      { invariant: expect.stringMatching(/at most the cap/), problems: [expect.stringMatching(/is above the cap/)] },
    ]);
  });

  it("with a badge that can be given away", async () => {
    const badgeAt: HardhatChain["badgeAt"] = async (id, at) => {
      const badge = await chain.badgeAt(id, at);
      return badge && { ...badge, locked: false };
    };
    const [found] = await brokenIf({ badgeAt });
    expect([found?.invariant, found?.problems[0]]).toEqual([expect.stringMatching(/locked badge/), expect.stringMatching(/is not locked/)]);
  });

  it("with balances that do not add up", async () => {
    const { wallet } = first("users", ({ id }) => id === claimed().recipient_id);
    const balanceOf = (address: string, at: number | "latest") =>
      chain.balanceOf(address, at).then((balance) => (address.toLowerCase() === wallet.address.toLowerCase() ? balance + 1n : balance));
    const found = await brokenIf({ balanceOf });
    expect(found.map(({ invariant }) => invariant)).toEqual([
      expect.stringMatching(/total supply/),
      expect.stringMatching(/Transfer logs/),
    ]);
  });

  it("warns of a history that is longer than what is supported", async () => {
    const long = lying({ head: async () => ({ number: 100_001, timestamp: 0, hash: "0x" }) });
    const world = { quiet: <T>(read: () => Promise<T>) => read(), committedBlock: 100_001 };
    const found = await examine({ world, store, chain: long, lines: () => linesFrom() });
    expect(found.flatMap(({ warnings = [] }) => warnings)).toEqual([expect.stringMatching(/100001 blocks.*--fresh/)]);
  });
});
