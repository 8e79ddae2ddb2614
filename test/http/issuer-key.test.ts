/** The key that credentials are signed with: one a sandbox, for good, and its private half nowhere but in its own record. */
import jwt from "jsonwebtoken";
import { expect, it } from "vitest";
import { type Api, type AwardData, api, type BadgeWorld, badgeWorld } from "../support/client.ts";
import { filesWith, newFolder } from "../support/folder.ts";
import { memoryLog } from "../support/memory-log.ts";

const claim = (world: BadgeWorld): Promise<AwardData> => world.award("claimed");
const credentialOf = async ({ id }: AwardData, client: Api): Promise<string> =>
  (await client.get(`/awards/${id}/credential`).expect(200).buffer()).text;
const headerOf = (token: string) => jwt.decode(token, { complete: true })?.header as { kid: string };
const keySet = async (client: Api) => (await client.as(null).get("/jwks.json").expect(200)).body;

it("is made once, also when many ask at the same time", async () => {
  const { sandbox, api: client } = await badgeWorld();
  const sets = await Promise.all(Array.from({ length: 8 }, () => keySet(client)));
  expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
  await sandbox.close();
});

it("survives a clean stop and a restart, and so does what it signed", async () => {
  const dataDir = newFolder();
  const publicUrl = "https://badges.example/v1";
  const before = await badgeWorld({ dataDir, publicUrl });
  const award = await claim(before);
  const [token, keys] = [await credentialOf(award, before.api), await keySet(before.api)];
  expect(headerOf(token).kid).toMatch(/^https:\/\/badges\.example\/v1\/jwks\/[\w-]{43}$/);
  await before.sandbox.close();
  const after = await badgeWorld({ dataDir, publicUrl });
  expect([await credentialOf(award, after.api), await keySet(after.api)]).toEqual([token, keys]);
  await after.sandbox.close();
});

it("survives snapshot and restore, also to before it was needed", async () => {
  const { sandbox, api: client } = await badgeWorld();
  const early = await sandbox.snapshot();
  const keys = await keySet(client);
  const late = await sandbox.snapshot();
  for (const snapshot of [early, late, early]) {
    await snapshot.restore();
    expect(await keySet(client)).toEqual(keys);
  }
  await sandbox.close();
});

it("is in no answer, event or log, and on disk only in its own record", async () => {
  const { log, text } = memoryLog();
  const dataDir = newFolder();
  const world = await badgeWorld({ dataDir, log, seed: "known" });
  await credentialOf(await claim(world), world.api);
  const { PUBLICLY_KNOWN_KEY } = await import("../../emulator/adapters/jose/publicly-known-key.ts");
  const secret = PUBLICLY_KNOWN_KEY.private_jwk.d;
  const answers = await Promise.all(["/events?limit=100", "/api-keys", "/users", "/awards", "/meta"].map((path) => world.api.get(path)));
  for (const answer of answers) expect(answer.text).not.toContain(secret);
  expect(text()).not.toContain(secret);
  await world.sandbox.close();
  expect(filesWith(dataDir, secret).every((file) => /journal|db\.json/.test(file))).toBe(true);
});

it("is its own in each sandbox, and the publicly known one in seeded ones, whose credentials are equal", async () => {
  const worlds = await Promise.all([badgeWorld(), badgeWorld(), badgeWorld({ seed: 7 }), badgeWorld({ seed: 7 })]);
  const kids = await Promise.all(worlds.map(async ({ api: client }) => (await keySet(client)).keys[0].n));
  expect([new Set(kids).size, kids[2]]).toEqual([3, kids[3]]);
  const seeded = worlds.slice(2) as [BadgeWorld, BadgeWorld];
  const tokens = await Promise.all(seeded.map(async (world) => credentialOf(await claim(world), world.api)));
  expect(tokens[0]).toBe(tokens[1]);
  await Promise.all(worlds.map(({ sandbox }) => sandbox.close()));
});

it("keeps its name – the last segment of kid – when the sandbox stands at another port", async () => {
  const dataDir = newFolder();
  const kids: string[] = [];
  for (let start = 0; start < 2; start += 1) {
    const { sandbox } = await badgeWorld({ dataDir });
    const served = await sandbox.listen();
    const [{ kid }] = (await keySet(api(served, null))).keys;
    const name = kid.split("/").at(-1);
    expect(kid).toBe(`${served}/v1/jwks/${name}`);
    kids.push(name);
    await sandbox.close();
  }
  expect(kids[0]).toBe(kids[1]);
});
