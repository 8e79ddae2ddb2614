/** Awards while the token is paused, which the API cannot do to it: nothing is half-done, and what must end ends later. */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AwardRecord } from "../../emulator/model/award.ts";
import type { User } from "../../emulator/model/user.ts";
import type { Unit } from "../../emulator/ports/unit-of-work.ts";
import { Achievements } from "../../emulator/services/achievements.ts";
import { Awards } from "../../emulator/services/awards.ts";
import { Badges } from "../../emulator/services/badges.ts";
import { Erasure } from "../../emulator/services/erasure.ts";
import { Mining } from "../../emulator/services/mining.ts";
import { UserProgress } from "../../emulator/services/progress.ts";
import { Rewards } from "../../emulator/services/rewards.ts";
import { Tokens } from "../../emulator/services/tokens.ts";
import { Users } from "../../emulator/services/users.ts";
import { template } from "../support/client.ts";
import { openWorld, type World } from "../support/engine-world.ts";

const BASE = "http://127.0.0.1:4010/v1";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let here: World;
let awards: Awards;
let erasure: Erasure;
let sponsor: User;
let learner: User;
let badgeId: string;

const run = <T>(work: (unit: Unit) => Promise<T> | T, at?: number) => here.writer.run(at === undefined ? {} : { at }, work);
const look = (award: AwardRecord) => here.store.get("awards", award.id) as AwardRecord;
const pause = (method: "pause" | "unpause") => run((unit) => unit.transact([{ contract: "token", method, args: [] }]));

beforeEach(async () => {
  here = await openWorld();
  const mining = new Mining({ kind: "auto" });
  const users = new Users(here.chain);
  const badges = new Badges({ isPng: async () => true });
  awards = new Awards(badges, new Rewards(here.chain, mining), () => BASE);
  erasure = new Erasure(users, awards, new UserProgress(users, new Achievements(badges), badges, awards));
  const person = (name: string, roles: ["sponsor"] | ["earner"]) =>
    run((unit) => users.create(unit, { email: `${name}@example.com`, display_name: name, roles }));
  sponsor = await person("sponsor", ["sponsor"]);
  learner = await person("learner", ["earner"]);
  await run((unit) => new Tokens(here.chain, mining).mint(unit, { user_id: sponsor.id, amount: "100" }));
  const reward = { amount: "40", funding: "sponsor" as const };
  badgeId = (await run((unit) => badges.create(unit, { ...template(), sponsor_id: sponsor.id, reward }))).id;
  await run((unit) => badges.publish(unit, badgeId));
});
afterEach(() => here.kill());

const approved = () => run((unit) => awards.issue(unit, badgeId, { recipient_id: learner.id }));
const held = (address: string) => here.chain.balanceOf(address, "latest");

it("a claim whose reward cannot be paid leaves no badge, no record, no event", async () => {
  const award = await approved();
  await pause("pause");
  const [events, block] = [here.store.count("events"), here.writer.committedBlock];
  await expect(run((unit) => awards.claim(unit, award.id))).rejects.toMatchObject({ code: "TOKEN_PAUSED" });
  expect(look(award)).toEqual(award);
  expect([here.store.count("events"), here.writer.committedBlock]).toEqual([events, block]);
  expect(await here.chain.badgesOf(learner.wallet.address, "latest")).toBe(0);
  await pause("unpause");
  expect((await run((unit) => awards.claim(unit, award.id))).status).toBe("claimed");
  expect(await here.chain.badgesOf(learner.wallet.address, "latest")).toBe(1);
});

it("an award whose refund is refused at its end is closed an hour later; it cannot be claimed meanwhile", async () => {
  const award = await approved();
  await pause("pause");
  const end = Date.parse(award.claim_expires_at as string);
  await run((unit) => awards.due(unit, award.id), end);
  expect(look(award)).toMatchObject({ status: "approved", retry_at: end + HOUR });
  expect(here.store.nextDue(Number.POSITIVE_INFINITY)).toMatchObject({ id: award.id, at: end + HOUR });
  await pause("unpause");
  await expect(run((unit) => awards.claim(unit, award.id), end + 1)).rejects.toMatchObject({ code: "CLAIM_EXPIRED" });
  await run((unit) => awards.due(unit, award.id), end + HOUR);
  expect(look(award).status).toBe("expired");
  expect(await held(sponsor.wallet.address)).toBe(100n * 10n ** 18n);
});

it("a deletion goes through though the refund is refused; the award ends with its claim window", async () => {
  const award = await approved();
  await pause("pause");
  await run((unit) => erasure.remove(unit, learner.id));
  expect(look(award).status).toBe("approved");
  await pause("unpause");
  const end = Date.parse(award.claim_expires_at as string);
  await run((unit) => awards.due(unit, award.id), end - 7 * DAY);
  await run((unit) => awards.due(unit, award.id), end);
  expect(look(award).status).toBe("expired");
});

it("a part that fails takes back its records, events and transactions, and nothing else", async () => {
  await run(async (unit) => {
    unit.put("idempotency", { id: "kept", payload: "", status: 200, headers: {}, body: null, subjects: [], expires_at: 0 });
    const failing = unit.attempt(async () => {
      await awards.issue(unit, badgeId, { recipient_id: learner.id, auto_claim: true });
      throw new Error("and then this");
    });
    await expect(failing).rejects.toThrow("and then this");
  });
  expect(here.store.get("idempotency", "kept")).toBeDefined();
  expect([here.store.count("awards"), await held(sponsor.wallet.address)]).toEqual([0, 100n * 10n ** 18n]);
  expect((await run((unit) => awards.issue(unit, badgeId, { recipient_id: learner.id, auto_claim: true }))).status).toBe("claimed");
});
