/** What the control plane refuses, through each door: the same code and the same sentence, and nothing has changed. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type World, world } from "../support/client.ts";
import { DOORS, type Door } from "./doors.ts";

vi.setConfig({ testTimeout: 120_000 });

const fault = (members: object) => ({ operationId: "listUsers", times: 1, error: { code: "INTERNAL_ERROR" }, ...members }) as never;

/** What the first door said: the others say it word for word. */
const said = new Map<string, string>();

/** `[what, asked, code, sentence]` */
const REFUSALS: readonly [string, (door: Door) => Promise<unknown>, string, RegExp][] = [
  ["a snapshot's name with a slash", (door) => door.save("two/words"), "VALIDATION_FAILED", /^name must be 1 to 64 letters, digits/],
  ["a snapshot's name that is too long", (door) => door.save("n".repeat(65)), "VALIDATION_FAILED", /^name must be 1 to 64 letters/],
  ["a snapshot that is not there", (door) => door.restore("gone"), "SNAPSHOT_NOT_FOUND", /no snapshot named "gone"/],
  ["a name that none can have", (door) => door.restore("..x,y"), "VALIDATION_FAILED", /^name must be 1 to 64 letters/],
  ["a snapshot to delete that is not there", (door) => door.drop("gone"), "SNAPSHOT_NOT_FOUND", /no snapshot named "gone"/],
  ["a duration in words", (door) => door.advance("a-while"), "VALIDATION_FAILED", /^by must be a duration such as 90d, 1h30m or 250ms/],
  ["a duration without end", (door) => door.advance("9".repeat(400)), "VALIDATION_FAILED", /^by must be a duration/],
  ["a duration beyond the last year", (door) => door.advance("999999999999999d"), "CLOCK_OUT_OF_RANGE", /end of the year 9999/],
  ["an instant in words", (door) => door.set("tomorrow"), "VALIDATION_FAILED", /^to must be an instant such as 2027-01-01T00:00:00Z/],
  ["an instant of the year 20000", (door) => door.set("+020000-01-01T00:00:00Z"), "VALIDATION_FAILED", /^to must be an instant/],
  ["a day that no month has", (door) => door.set("2027-02-30T00:00:00Z"), "VALIDATION_FAILED", /^to must be an instant/],
  ["an instant that is past", (door) => door.set("2020-01-01T00:00:00Z"), "CLOCK_OUT_OF_RANGE", /only goes forward/],
  ["no blocks", (door) => door.mine(0), "VALIDATION_FAILED", /^blocks must be a whole number from 1 to 10000/],
  ["too many blocks", (door) => door.mine(10_001), "VALIDATION_FAILED", /^blocks must be a whole number from 1 to 10000/],
  [
    "more than can be left",
    (door) => door.leave(9_999_999_999),
    "VALIDATION_FAILED",
    /^hour.remaining must be a whole number from 0 to 1000000000/,
  ],
  [
    "a fault with a code of the control plane and no status",
    (door) => door.addFault(fault({ error: { code: "SNAPSHOT_LIMIT" } })),
    "VALIDATION_FAILED",
    /SNAPSHOT_LIMIT is not a code of the API/,
  ],
  ["a fault of no operation", (door) => door.addFault(fault({ operationId: "listUser" })), "VALIDATION_FAILED", /did you mean listUsers\?/],
  ["a fault that never happens", (door) => door.addFault(fault({ times: 0 })), "VALIDATION_FAILED", /^times must be a whole number from 1/],
  ["a fault of a key that is not there", (door) => door.addFault(fault({ api_key: "key_gone" })), "API_KEY_NOT_FOUND", /no such API key/],
  [
    "a fault with a code in small letters",
    (door) => door.addFault(fault({ error: { code: "oops" } })),
    "VALIDATION_FAILED",
    /^error.code must be a code/,
  ],
  ["a fixture that is not there", (door) => door.seed("acadamy"), "FIXTURE_NOT_FOUND", /no fixture acadamy/],
  ["a file that is no export", (door) => door.import("steps: []"), "INVALID_REQUEST", /cannot be imported/],
  ["a key without a name", (door) => door.createKey(""), "VALIDATION_FAILED", /^name must not be empty/],
  [
    "a key with a name of 5 MB",
    (door) => door.createKey("n".repeat(100_000)),
    "VALIDATION_FAILED",
    /^name must have at most 80 characters/,
  ],
  ["a key that is not there", (door) => door.revokeKey("key_gone"), "API_KEY_NOT_FOUND", /no usable API key/],
  ["a status", (door) => door.list({ status: "6XX" }), "VALIDATION_FAILED", /^status must be a status such as 404/],
  ["requests of no operation", (door) => door.count({ operationId: "mintTokns" }), "VALIDATION_FAILED", /did you mean mintTokens\?/],
  ["a limit of none", (door) => door.list({ limit: 0 }), "VALIDATION_FAILED", /^limit must be a whole number from 1 to 10000/],
  ["a limit without end", (door) => door.list({ limit: 10_001 }), "VALIDATION_FAILED", /^limit must be a whole number from 1 to 10000/],
  ["a time in words", (door) => door.count({ since: "yesterday" }), "VALIDATION_FAILED", /^since must be an instant such as/],
  [
    "requests since one that is not there",
    (door) => door.count({ since: "req_gone" }),
    "REQUEST_NOT_FOUND",
    /no request with the id req_gone/,
  ],
  ["requests of a key that is not there", (door) => door.list({ api_key: "gets_test_x" }), "API_KEY_NOT_FOUND", /no such API key/],
  ["a trace that is not there", (door) => door.trace("req_gone"), "REQUEST_NOT_FOUND", /no request with the id req_gone/],
];

/** In the process and by the command line a fixture can be a file as well. */
const BY_ITSELF = ["a fixture that is not there"];

let here: World;
beforeAll(async () => {
  here = await world({ seed: 1 });
  await here.sandbox.listen();
});
afterAll(() => here.sandbox.close());

describe.each(Object.entries(DOORS))("%s", (way, open) => {
  let door: Door;
  beforeAll(() => {
    door = open(here);
  });

  it.each(REFUSALS)("%s", async (what, ask, code, sentence) => {
    const before = await state(here);
    const error = await Promise.resolve()
      .then(() => ask(door))
      .then(
        () => null,
        (thrown) => thrown as Error & { code?: string },
      );
    expect(error).not.toBeNull();
    expect(await state(here)).toEqual(before);
    if (way === "by the command line" && BY_ITSELF.includes(what)) return;
    // In the process the code is a member of the error, elsewhere the beginning of what is said.
    const [, stated, message = ""] = /^(?:getsmart-sandbox: )?(?:([A-Z_]+): )?([\s\S]*?)\n?$/.exec(error?.message ?? "") ?? [];
    expect([error?.code ?? stated, message]).toEqual([code, expect.stringMatching(sentence)]);
    if (!BY_ITSELF.includes(what)) expect(message).toBe(said.get(what) ?? message);
    said.set(what, message);
  });
});

async function state({ sandbox }: World) {
  const { clock, keys, faults } = sandbox;
  return [await sandbox.export(), clock.show(), keys.list().items, faults.list(), sandbox.snapshots(), sandbox.info().chain.block_number];
}
