/** Many sandboxes in one process, side by side: each is a world of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { type Api, api, refusal } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";
import { Random } from "../support/random.ts";

/** 0 and 1 are twins, one of them in a folder; the others differ in all that can differ. */
const OPTIONS: readonly SandboxOptions[] = [
  { seed: "twins" },
  { seed: "twins", dataDir: newFolder() },
  { seed: "third", chainId: 1234 },
  { seed: "fourth", mining: { kind: "manual" } },
  {},
  { dataDir: newFolder() },
  { chainId: 99, limits: { perSecond: 1000, perHour: 5000 } },
  { mining: { kind: "interval", every_ms: 100 } },
];

interface World {
  readonly sandbox: Sandbox;
  readonly api: Api;
  /** Every answer's data, in order. */
  readonly answers: unknown[];
}

let worlds: World[];
beforeAll(async () => {
  const sandboxes = await Promise.all(OPTIONS.map((options) => createSandbox(options)));
  worlds = sandboxes.map((sandbox) => ({ sandbox, api: api(sandbox.app, sandbox.apiKey), answers: [] }));
});
afterAll(async () => {
  await Promise.all(worlds.map(({ sandbox }) => sandbox.close()));
});

const world = (index: number) => worlds[index] as World;
const users = async ({ api }: World): Promise<{ id: string; email: string }[]> => (await api.get("/users?limit=100")).body.data.items;
const now = ({ sandbox }: World) => Date.parse(sandbox.clock.show().now);

/** Three users, who get tokens; the pauses mix the worlds. */
async function live({ api, answers, sandbox }: World, index: number): Promise<void> {
  const pause = new Random(index);
  for (let n = 0; n < 3; n++) {
    const user = await api
      .post("/users", { email: `user${n}@world${index < 2 ? 0 : index}.example`, display_name: `User ${n}` })
      .expect(201);
    await sleep(pause.below(20));
    const mint = await api.post("/tokens/mint", { user_id: user.body.data.id, amount: `${n + 1}` });
    answers.push(user.body.data, mint.body.data);
    if (sandbox.info().mining === "manual") await sandbox.chain.mine();
    await sleep(pause.below(20));
  }
}

it("write at once, and each sees its own writes only", async () => {
  await Promise.all(worlds.map(live));
  for (const [index, each] of worlds.entries()) {
    const domains = new Set((await users(each)).map(({ email }) => email.split("@")[1]));
    expect([...domains]).toEqual([`world${index < 2 ? 0 : index}.example`]);
  }
});

it("the same seed gives the same answers, whatever goes on beside it; another seed others", () => {
  expect(world(0).answers).toHaveLength(6);
  expect(world(1).answers).toEqual(world(0).answers);
  const ids = (index: number) => world(index).answers.map((data) => (data as { id: string }).id);
  for (const index of [2, 3, 4, 5, 6, 7]) expect(ids(index).filter((id) => ids(0).includes(id))).toEqual([]);
});

it("chains are separate: ids, lengths, accounts' balances", async () => {
  expect(worlds.map(({ sandbox }) => sandbox.info().chain.chain_id)).toEqual([31337, 31337, 1234, 31337, 31337, 31337, 99, 31337]);
  const block = () => worlds.map(({ sandbox }) => sandbox.info().chain.block_number);
  const before = block();
  await world(4).sandbox.chain.mine(7);
  const grown = block().map((number, index) => number - (before[index] as number));
  // The last one mines by itself.
  expect(grown.slice(0, 7)).toEqual([0, 0, 0, 0, 7, 0, 0]);
});

it("clocks are separate", async () => {
  const before = worlds.map(now);
  await world(2).sandbox.clock.advance("90d");
  const days = worlds.map((each, index) => Math.floor((now(each) - (before[index] as number)) / 86_400_000));
  expect(days).toEqual([0, 0, 90, 0, 0, 0, 0, 0]);
});

it("a key of one is unknown to the others, and ends in one only", async () => {
  const { secret, id } = await world(4).sandbox.keys.create({ name: "mine", scopes: ["users:read"] });
  await world(4).api.as(secret).get("/users").expect(200);
  for (const other of worlds.filter((_, index) => index !== 4)) {
    await other.api.as(secret).get("/users").expect(refusal("INVALID_API_KEY"));
  }
  await world(4).sandbox.keys.revoke(id);
});

it("quotas are separate, though the default key is the same", async () => {
  await world(6).sandbox.limits.set(world(6).sandbox.apiKey, { hour: { remaining: 0 } });
  await world(6).api.get("/users").expect(refusal("RATE_LIMIT_EXCEEDED"));
  await world(5).api.get("/users").expect(200);
});

it("the same Idempotency-Key is another one in each", async () => {
  const body = { email: "once@example.com", display_name: "Once" };
  const made = await Promise.all(
    [4, 5].map((index) => world(index).api.post("/users", body).set("Idempotency-Key", "the-same").expect(201)),
  );
  expect(new Set(made.map((answer) => answer.body.data.id)).size).toBe(2);
});

describe("what is done to one leaves the others", () => {
  it("reset", async () => {
    const others = await Promise.all([0, 1, 2, 3, 5].map((index) => users(world(index))));
    await world(4).sandbox.reset();
    expect(await users(world(4))).toEqual([]);
    expect(await Promise.all([0, 1, 2, 3, 5].map((index) => users(world(index))))).toEqual(others);
  });

  it("restore", async () => {
    const point = await world(5).sandbox.snapshot("here");
    await Promise.all([live(world(5), 50), live(world(4), 40)]);
    await point.restore();
    expect((await users(world(5))).some(({ email }) => email.endsWith("world50.example"))).toBe(false);
    expect(await users(world(4))).toHaveLength(3);
    expect(
      world(4)
        .sandbox.snapshots()
        .map(({ name }) => name),
    ).not.toContain("here");
  });

  it("close, also with its ports", async () => {
    const [open, closed] = await Promise.all([world(0).sandbox.listen(), world(2).sandbox.listen()]);
    await Promise.all([world(2).sandbox.close(), live(world(0), 60), live(world(3), 61)]);
    await expect(fetch(`${closed}/v1/health`)).rejects.toThrow();
    expect((await fetch(`${open}/v1/health`)).status).toBe(200);
    expect(worlds.map(({ sandbox }) => sandbox.ready())).toEqual(worlds.map((_, index) => index !== 2));
  });

  it("and every invariant holds in each that is left", async () => {
    for (const [index, { sandbox }] of worlds.entries()) if (index !== 2) await sandbox.doctor();
  });
});
