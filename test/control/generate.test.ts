/** Generated data: the nth user, badge or award is always the same; many transactions come in one block. */
import { afterEach, describe, expect, it } from "vitest";
import { BATCH, type Generating, generate } from "../../emulator/control/fixtures/generate.ts";
import { heldKey } from "../../emulator/model/award.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { type Api, api } from "../support/client.ts";

const open: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

async function begin(options: SandboxOptions = {}) {
  const sandbox = await createSandbox(options);
  open.push(sandbox);
  return { sandbox, api: api(sandbox.app, sandbox.apiKey) };
}

/** All pages of a list. */
async function all(client: Api, path: string): Promise<Record<string, never>[]> {
  const items: Record<string, never>[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { data }: { data: { items: Record<string, never>[]; next_cursor: string | null } } = (
      await client.get(`${path}?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`).expect(200)
    ).body;
    items.push(...data.items);
    cursor = data.next_cursor;
  }
  return items;
}

const MANY = BATCH + 50;

describe("generated data", () => {
  it("users have GETS, in a block for each batch", async () => {
    const { sandbox, api } = await begin();
    const before = sandbox.info().chain.block_number;
    const { made } = await sandbox.seed({ generate: { users: MANY } });
    expect(made).toMatchObject({ users: MANY, transactions: MANY });
    expect(sandbox.info().chain.block_number).toBe(before + 2);
    const [newest] = await all(api, "/users");
    expect(newest).toMatchObject({ email: `learner-${MANY}@generated.example`, external_id: `generated-${MANY}` });
    expect(Number((await api.get(`/users/${newest?.id}/balance`).expect(200)).body.data.balance)).toBeGreaterThanOrEqual(1);
    expect(new Set((await all(api, "/tokens/transactions")).map(({ status }) => status))).toEqual(new Set(["confirmed"]));
    await sandbox.doctor();
  });

  it("is the same in another sandbox, also when it was asked for in parts", async () => {
    const [whole, parts] = [await begin({ seed: 1 }), await begin({ seed: 1 })];
    await whole.sandbox.seed({ generate: { badges: 2, users: 40, awards: 60 } });
    for (const generate of [{ badges: 1 }, { badges: 1, users: 17 }, { users: 23 }, { awards: 60 }]) await parts.sandbox.seed({ generate });
    for (const path of ["/users", "/badges"]) expect(await all(parts.api, path)).toEqual(await all(whole.api, path));
    const what = async (client: Api) =>
      (await all(client, "/awards")).map(({ id, gets_id, recipient_id }) => ({ id, gets_id, recipient_id }));
    expect(await what(parts.api)).toEqual(await what(whole.api));
  });

  it("differs with the seed in what it holds", async () => {
    const [one, other] = [await begin({ seed: 1 }), await begin({ seed: 2 })];
    for (const { sandbox } of [one, other]) await sandbox.seed({ generate: { users: 20 } });
    const names = async (client: Api) => (await all(client, "/users")).map(({ display_name }) => display_name);
    expect(await names(one.api)).not.toEqual(await names(other.api));
  });

  it("awards are claimed, and each user has each badge once", async () => {
    const { sandbox, api } = await begin();
    await sandbox.seed({ generate: { badges: 3, users: 10, awards: 25 } });
    const awards = await all(api, "/awards");
    expect(awards.every(({ status, chain }) => status === "claimed" && chain !== null)).toBe(true);
    expect(new Set(awards.map(({ badge_id, recipient_id }) => `${badge_id} ${recipient_id}`)).size).toBe(25);
    const failing = sandbox.seed({ generate: { awards: 6 } });
    await expect(failing).rejects.toMatchObject({ code: "AWARDS_NOT_POSSIBLE", param: "awards" });
    await sandbox.seed({ generate: { awards: 5 } });
    await sandbox.doctor();
  });

  it("goes on with the next number, and fills what a deletion left", async () => {
    const { sandbox, api } = await begin();
    await sandbox.seed({ generate: { users: 3 } });
    const second = (await all(api, "/users")).find(({ external_id }) => external_id === "generated-2");
    await api.delete(`/users/${second?.id}`).expect(204);
    await sandbox.seed({ generate: { users: 2 } });
    const numbers = (await all(api, "/users")).map(({ external_id }) => external_id);
    expect(numbers).toEqual(["generated-4", "generated-2", "generated-3", null, "generated-1"]);
    await sandbox.doctor();
  });

  it("does not wait for blocks, and tells its progress", async () => {
    const { sandbox, api } = await begin({ mining: { kind: "manual" } });
    const told: number[][] = [];
    await sandbox.seed({ generate: { badges: 1, users: 4, awards: 3 } }, (done, total) => told.push([done, total]));
    expect(told).toEqual([
      [1, 8],
      [5, 8],
      [8, 8],
    ]);
    expect(new Set((await all(api, "/awards")).map(({ status }) => status))).toEqual(new Set(["claimed"]));
    await sandbox.doctor();
  });
});

describe("batch after batch", () => {
  /** A world that counts what is looked up in it. */
  function counting() {
    const made = { users: new Map<string, { id: string; status: string }>(), badges: [] as { id: string }[], held: new Set<string>() };
    let lookups = 0;
    const unit = {
      hasRoom: true,
      nameAfter() {},
      inOneBlock: (work: () => unknown) => work(),
      count: () => made.users.size,
      by(table: string, index: string, key: string) {
        lookups += 1;
        if (index === "external_id") return [{ id: "usr_sponsor" }];
        if (table === "badges") {
          lookups += made.badges.length;
          return made.badges;
        }
        if (table === "awards") return made.held.has(key) ? [{}] : [];
        const user = made.users.get(key);
        return user ? [user] : [];
      },
    };
    async function perform(operation: string, _: unknown, members: Record<string, string>) {
      if (operation === "issueBadge") made.held.add(heldKey(members.badge_id as string, members.recipient_id as string));
      if (operation === "createBadge") made.badges.push({ id: `bdg_${made.badges.length}` });
      if (operation === "createUser") made.users.set(members.email as string, { id: `usr_${made.users.size}`, status: "active" });
      return { id: "new" };
    }
    const run = (work: (unit: never) => unknown) => work(unit as never);
    const generating = { records: unit, book: { perform }, seed: "", run } as unknown as Generating;
    return { generating, made, lookups: () => lookups };
  }

  it("looks each number up once, however many batches there are", async () => {
    const { generating, made, lookups } = counting();
    const amounts = { users: 12 * BATCH, badges: 12 * BATCH, awards: 24 * BATCH };
    await generate(amounts, generating);
    expect([made.users.size, made.badges.length, made.held.size]).toEqual(Object.values(amounts));
    expect(lookups()).toBeLessThan(2 * (amounts.users + amounts.badges + 2 * amounts.awards));
  });
});

describe("whether there is room for the awards", () => {
  const asked = { count: 0 };
  const user = { id: "usr_1", status: "active" };
  const records = {
    count: () => 1_000_000,
    by(table: string) {
      asked.count += 1;
      return table === "users" ? [user] : [];
    },
  };
  const generating = { records, book: {}, seed: "", run: async () => 1 } as unknown as Generating;

  it("is looked for among a million users without holding the event loop", async () => {
    let [longest, began] = [0, performance.now()];
    let isOver = false;
    const watch = () => {
      const now = performance.now();
      [longest, began] = [Math.max(longest, now - began), now];
      if (!isOver) setImmediate(watch);
    };
    setImmediate(watch);
    await expect(generate({ awards: 1 }, generating)).rejects.toMatchObject({ code: "AWARDS_NOT_POSSIBLE", param: "awards" });
    isOver = true;
    watch();
    expect(asked.count).toBeGreaterThan(1_000_000);
    expect(longest).toBeLessThan(80);
  });

  it("is not looked for when none are asked for", async () => {
    asked.count = 0;
    await generate({ users: 1, badges: 1 }, generating);
    expect(asked.count).toBe(0);
  });
});
