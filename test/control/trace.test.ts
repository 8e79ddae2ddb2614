/** A trace: validation → quota → idempotency → records → transactions with decoded events → events → webhook attempts. */
import { afterEach, describe, expect, it } from "vitest";
import type { StageTrace } from "../../emulator/control/trace.ts";
import type { Fault } from "../../emulator/model/fault.ts";
import type { Trace } from "../../emulator/sandbox.ts";
import type { Sandbox } from "../../emulator/sandbox-api.ts";
import { badgeWorld, newKey, newUser, person, rich, type World, world } from "../support/client.ts";
import { hooked } from "../support/webhook-world.ts";

let here: { readonly sandbox: Sandbox; close?(): Promise<void> };
afterEach(() => (here.close ? here.close() : here.sandbox.close()));

async function open(options: Parameters<typeof world>[0] = {}): Promise<World> {
  const made = await world(options);
  here = made;
  return made;
}

const traceOf = ({ headers }: { headers: Record<string, string> }): Trace => here.sandbox.trace(headers["request-id"] as string);
const stagesOf = ({ stages }: Trace) => stages.map(({ stage, outcome }) => (outcome === "passed" ? stage : `${stage} ${outcome}`));
const recordsOf = ({ units }: Trace) => units.flatMap(({ records }) => records.map(({ table, change }) => `${table} ${change}`));
const eventsOf = ({ units }: Trace) => units.flatMap(({ events }) => events.map(({ type }) => type));
const logsOf = ({ transactions }: Trace) =>
  transactions.flatMap(({ events }) => events.map(({ contract, event }) => `${contract}.${event}`));

const KEYED = ["route", "authentication", "quota", "scope", "validation"];
const WRITE = [...KEYED, "idempotency", "unit", "answer"];

describe("a write", () => {
  it("creating a user: stages with times that rise, the record, the event", async () => {
    const { api } = await open({ limits: { perSecond: 10, perHour: 1000 } });
    const answer = await api.post("/users", person()).expect(201);
    const trace = traceOf(answer);
    expect(stagesOf(trace)).toEqual(WRITE);
    const times = trace.stages.flatMap(({ ms }) => (ms === null ? [] : [ms]));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const committed = trace.units[0]?.committed_ms as number;
    expect(committed).toBeGreaterThanOrEqual(times.at(-2) as number);
    expect(committed).toBeLessThanOrEqual(times.at(-1) as number);
    expect(trace.stages.find(({ stage }) => stage === "quota")?.note).toBe(answer.headers.ratelimit);
    const { id } = answer.body.data;
    expect(trace.units).toMatchObject([
      { records: [{ table: "users", id, change: "created", status: { before: null, after: "active" }, changed: null }] },
    ]);
    expect(eventsOf(trace)).toEqual(["user.created"]);
    expect([trace.transactions, trace.later, trace.first_request_id]).toEqual([[], [], null]);
  });

  it("changing a user: members before and after", async () => {
    const { api } = await open();
    const user = await newUser(api, { display_name: "Ada" });
    const trace = traceOf(await api.patch(`/users/${user.id}`, { display_name: "Countess", status: "suspended" }).expect(200));
    expect(trace.units[0]?.records).toMatchObject([
      {
        change: "updated",
        status: { before: "active", after: "suspended" },
        changed: { display_name: { before: "Ada", after: "Countess" }, status: { before: "active", after: "suspended" } },
      },
    ]);
    expect(Object.keys(trace.units[0]?.records[0]?.changed ?? {})).toEqual(["display_name", "status"]);
  });

  it("a mint: the transaction, its block and its Transfer", async () => {
    const { api } = await open();
    const user = await newUser(api);
    const answer = await api.post("/tokens/mint", { user_id: user.id, amount: "50" }).expect(201);
    const { chain } = answer.body.data;
    const trace = traceOf(answer);
    expect(recordsOf(trace)).toEqual(["transactions created"]);
    expect(eventsOf(trace)).toEqual(["token.transaction.created", "token.transaction.confirmed"]);
    expect(trace.transactions).toMatchObject([
      {
        tx_hash: chain.tx_hash,
        contract: "token",
        method: "mint",
        args: [user.wallet.address, `50${"0".repeat(18)}`],
        status: "confirmed",
        block: { number: chain.block_number },
        failure: null,
        events: [
          {
            contract: "token",
            event: "Transfer",
            log_index: 0,
            args: { to: user.wallet.address, amount: `50${"0".repeat(18)}` },
          },
        ],
      },
    ]);
  });

  it("a claim: one transaction, events of both contracts", async () => {
    const badges = await badgeWorld();
    here = badges;
    const award = await badges.award("approved", { reward: { amount: "5", funding: "sponsor" } });
    const trace = traceOf(await badges.api.post(`/awards/${award.id}/claim`).expect(200));
    expect(trace.transactions).toMatchObject([{ contract: "badge", method: "claim", status: "confirmed" }]);
    expect(logsOf(trace).sort()).toEqual(["badge.Claimed", "badge.Locked", "badge.Transfer", "token.RewardReleased", "token.Transfer"]);
    expect(trace.units[0]?.records.find(({ table }) => table === "awards")?.status).toEqual({ before: "approved", after: "claimed" });
    expect(JSON.stringify(trace)).not.toContain("[object Object]");
  });

  it("a deletion: what became of the awards", async () => {
    const badges = await badgeWorld();
    here = badges;
    const award = await badges.award("applied");
    const trace = traceOf(await badges.api.delete(`/users/${badges.learner.id}`).expect(204));
    const records = trace.units.flatMap((unit) => unit.records);
    expect(records.find(({ id }) => id === award.id)).toMatchObject({ status: { before: "applied", after: "rejected" } });
    expect(records.find(({ table }) => table === "users")).toMatchObject({ status: { before: "active", after: "deleted" } });
  });
});

describe("a read, and refusals", () => {
  it("a read writes nothing", async () => {
    const { api } = await open();
    const trace = traceOf(await api.get("/users").expect(200));
    expect(stagesOf(trace)).toEqual([...KEYED, "answer"]);
    expect([trace.units, trace.transactions]).toEqual([[], []]);
  });

  it("end at the stage that refused", async () => {
    const { sandbox, api } = await open();
    const reader = await newKey(api, ["users:read"]);
    const metered = await newKey(api, ["users:read"]);
    sandbox.limits.set(metered.id, { second: { remaining: 0 } });
    const refused: [string, { headers: Record<string, string> }][] = [
      ["route", await api.get("/nothing").expect(404)],
      ["authentication", await api.as(null).get("/users").expect(401)],
      ["quota", await api.as(metered.secret).get("/users").expect(429)],
      ["scope", await api.as(reader.secret).post("/users", person()).expect(403)],
      ["validation", await api.post("/users", { email: 1 }).expect(400)],
      ["idempotency", await api.post("/users", person()).set("Idempotency-Key", "é").expect(400)],
      ["rules", await api.get("/users/usr_1").expect(404)],
      ["rules", await api.post("/tokens/mint", { user_id: "usr_1", amount: "1" }).expect(404)],
    ];
    for (const [stage, answer] of refused) {
      const trace = traceOf(answer);
      expect(stagesOf(trace).slice(-2), stage).toEqual([`${stage} refused`, "answer"]);
      expect(trace.stages.at(-2)?.note).toBe(trace.request.code);
      expect(trace.units).toEqual([]);
    }
  });

  it("a refusal that is kept has a unit that holds nothing else; a replay names the first request", async () => {
    const { api } = await open();
    const user = await newUser(api);
    for (const [amount, records] of [
      ["0", ["idempotency created"]],
      ["1", ["transactions created", "idempotency created"]],
    ] as const) {
      const send = () => api.post("/tokens/mint", { user_id: user.id, amount }).set("Idempotency-Key", `key ${amount}`);
      const first = await send();
      expect(recordsOf(traceOf(first))).toEqual(records);
      const replay = traceOf(await send());
      expect(stagesOf(replay)).toEqual([...KEYED, "idempotency replayed", "answer"]);
      expect(replay.first_request_id).toBe(first.headers["request-id"]);
      expect([replay.units, replay.transactions]).toEqual([[], []]);
    }
  });
});

describe("a fault", () => {
  it.each<[string, Fault, StageTrace["outcome"], number | null]>([
    ["error CHAIN_UNAVAILABLE", { error: { code: "CHAIN_UNAVAILABLE" } }, "refused", 503],
    ["connection empty", { connection: "empty" }, "refused", null],
    ["connection reset", { connection: "reset" }, "refused", null],
    ["connection garbage", { connection: "garbage" }, "refused", null],
    ["connection slow", { connection: "slow", latency_ms: 1 }, "passed", 201],
    ["latency", { latency_ms: 1 }, "passed", 201],
    ["chain revert", { chain: "revert" }, "passed", 422],
  ])("%s is named in log and trace, and ends the way where it takes the place of the operation", async (what, fault, outcome, status) => {
    const { sandbox, api } = await open();
    const user = await newUser(api);
    await sandbox.listen();
    const { id } = sandbox.faults.add({ operationId: "mintTokens", ...fault });
    const body = JSON.stringify({ user_id: user.id, amount: "1" });
    const headers = { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" };
    await fetch(`${sandbox.info().urls.api}/v1/tokens/mint`, { method: "POST", headers, body }).then(
      (answer) => answer.text(),
      () => {},
    );
    const [logged] = sandbox.requests.list({ operationId: "mintTokens" });
    expect(logged).toMatchObject({ status, fault_id: id, request: { bytes: body.length } });
    expect(logged?.response === null).toBe(status === null);
    const { stages } = sandbox.trace(logged?.request_id as string);
    expect(stages.find(({ stage }) => stage === "fault")).toMatchObject({ outcome, note: `${id}: ${what}` });
    expect(stages.some(({ stage }) => stage === "unit")).toBe(outcome === "passed");
    expect(stages.at(-1)?.note).toBe(String(status ?? "none"));
  });

  it("a client that does not wait for it is in the log without an answer, once", async () => {
    const { sandbox, api } = await open();
    await sandbox.listen();
    sandbox.faults.add({ operationId: "listUsers", latency_ms: 60_000 });
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${sandbox.apiKey}` };
    const request = fetch(`${sandbox.info().urls.api}/v1/users`, { headers, signal: leaving.signal }).catch(() => {});
    await expect.poll(() => sandbox.faults.list()[0]?.fired).toBe(1);
    leaving.abort();
    await request;
    await expect.poll(() => sandbox.requests.list()).toMatchObject([{ operation_id: "listUsers", status: null, code: null }]);
    await api.get("/tokens").expect(200);
    expect(sandbox.requests.count({ operationId: "listUsers" })).toBe(1);
  });
});

describe("a block that comes later", () => {
  it("shows the request's transaction and records, and nobody else's", async () => {
    const { sandbox, api } = await open({ mining: { kind: "manual" } });
    const [ada, bo] = [await newUser(api), await newUser(api)];
    const answer = await api.post("/tokens/mint", { user_id: ada.id, amount: "2" }).expect(202);
    await api.post("/tokens/mint", { user_id: bo.id, amount: "3" }).expect(202);
    expect(traceOf(answer).transactions).toMatchObject([{ status: "pending", block: null, events: [] }]);
    expect(recordsOf(traceOf(answer))).toEqual(["submissions created", "transactions created"]);
    const number = await sandbox.chain.mine();
    const trace = traceOf(answer);
    expect(trace.transactions).toMatchObject([{ status: "confirmed", block: { number }, events: [{ event: "Transfer" }] }]);
    expect(trace.later).toHaveLength(1);
    expect(trace.later[0]?.records).toMatchObject(
      [
        { table: "transactions", id: answer.body.data.id, status: { before: "pending", after: "confirmed" } },
        { table: "submissions", change: "removed" },
      ].sort((a, b) => (a.table > b.table ? 1 : -1)),
    );
    expect(trace.later[0]?.events).toMatchObject([{ type: "token.transaction.confirmed" }]);
  });

  it("and what fails in it", async () => {
    const { sandbox, api } = await open({ mining: { kind: "manual" } });
    const user = await newUser(api);
    await api.post("/tokens/mint", { user_id: user.id, amount: "600000000000" }).expect(202);
    const answer = await api.post("/tokens/mint", { user_id: user.id, amount: "600000000000" }).expect(202);
    await sandbox.chain.mine();
    const trace = traceOf(answer);
    expect(trace.transactions).toMatchObject([{ status: "failed", failure: expect.stringMatching(/^\w+\(.*\)$/), events: [] }]);
    expect(trace.later[0]?.events).toMatchObject([{ type: "token.transaction.failed" }]);
  });

  it("an approval that is claimed by it is followed to the claim's own block", async () => {
    const badges = await badgeWorld({ mining: { kind: "manual" } });
    here = badges;
    const reward = { amount: "5", funding: "sponsor" };
    const badge = await badges.badge({ reward, auto_claim: true });
    const answer = await badges.api.post(`/badges/${badge.id}/issue`, { recipient_id: badges.learner.id }).expect(202);
    await badges.sandbox.chain.mine();
    expect(traceOf(answer).transactions).toMatchObject([
      { method: "lock", status: "confirmed" },
      { method: "claim", status: "pending" },
    ]);
    await badges.sandbox.chain.mine();
    const trace = traceOf(answer);
    expect(trace.transactions).toMatchObject([
      { method: "lock", status: "confirmed" },
      { method: "claim", status: "confirmed" },
    ]);
    expect(trace.later.map(({ records }) => records.find(({ table }) => table === "awards")?.status)).toEqual([
      { before: "applied", after: "approved" },
      { before: "approved", after: "claimed" },
    ]);
    expect(logsOf(trace)).toContain("badge.Locked");
  });
});

describe("webhooks", () => {
  it("deliveries and their attempts, also those that came later", async () => {
    const hooks = await hooked({}, 500);
    here = hooks;
    await hooks.sandbox.clock.freeze();
    const answer = await hooks.api.post("/users", person()).expect(201);
    await expect.poll(() => traceOf(answer).units[0]?.events[0]?.deliveries[0]?.attempts.length).toBe(1);
    expect(traceOf(answer).units[0]?.events).toMatchObject([
      {
        type: "user.created",
        deliveries: [
          { url: hooks.receiver.url, status: "pending", attempts: [{ response_status: 500 }], next_attempt_at: expect.any(String) },
        ],
      },
    ]);
    hooks.receiver.manner = 204;
    await hooks.sandbox.clock.advance("6s");
    expect(traceOf(answer).units[0]?.events[0]?.deliveries).toMatchObject([
      { status: "succeeded", attempts: [{ response_status: 500 }, { response_status: 204 }], next_attempt_at: null },
    ]);
  });

  it("a test and a redelivery name the event they send", async () => {
    const hooks = await hooked();
    here = hooks;
    const test = await hooks.api.post(`/webhook-endpoints/${hooks.endpoint.id}/test`).expect(202);
    expect(eventsOf(traceOf(test))).toEqual(["webhook.test"]);
    await expect.poll(() => traceOf(test).units[0]?.events[0]?.deliveries[0]?.status).toBe("succeeded");
    const again = await hooks.api.post(`/webhook-endpoints/${hooks.endpoint.id}/deliveries/${test.body.data.id}/redeliver`).expect(202);
    expect(eventsOf(traceOf(again))).toEqual(["webhook.test"]);
    await expect.poll(() => traceOf(again).units[0]?.events[0]?.deliveries[0]?.attempts.length).toBe(2);
  });
});

it("a restore does not take a trace away", async () => {
  const { sandbox, api } = await open();
  const user = await rich(api, "1");
  const snapshot = await sandbox.snapshot();
  const answer = await api.post("/tokens/mint", { user_id: user.id, amount: "2" }).expect(201);
  const before = traceOf(answer);
  await snapshot.restore();
  expect(traceOf(answer)).toEqual(before);
});
