import { minus, plus, SMALLEST, sameAmount, unitsOf } from "../kit/amounts.ts";
import type { Check, Group } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import type { Exchange } from "../kit/exchange.ts";
import { unknownId } from "../kit/ids.ts";
import type { MadeUser } from "../kit/people.ts";
import type { Probe } from "../kit/probe.ts";

/** Tokens: nothing appears, nothing is lost. */

/** What no amount may be: zero, negative, not a plain decimal, more than 18 places, more than the cap's digits. */
const NO_AMOUNTS: readonly unknown[] = [
  "0",
  "0.0",
  "-1",
  "-0.5",
  "+1",
  "NaN",
  "Infinity",
  "1e3",
  "0x10",
  "",
  " 1",
  "1 ",
  "1.",
  ".5",
  "01",
  "1,5",
  "0.0000000000000000001",
  "1".repeat(14),
  "9".repeat(13),
  "٣",
  null,
  true,
  {},
  ["1"],
];

const checks: readonly Check[] = [
  {
    id: "TOKEN-01",
    level: "MUST",
    provenance: "P",
    mode: "m",
    requirement: "Minting n raises the balance by exactly n (and the total by n when nobody else uses the target).",
    hint: "Count in integers of the smallest unit.",
    requests: 9,
    async run(t) {
      const user = await t.user();
      let balance = await t.balance(user.id);
      let supply = await supplyOf(t);
      for (const amount of [t.random.amount(1, 100), t.random.amount(1000, 99_999, 18)]) {
        const minted = await mint(t, user, amount);
        const expected = plus(balance, amount);
        balance = await t.balanceOnce(user.id, expected);
        t.expect.amount(balance, expected, `the balance after minting ${amount}`, { exchange: minted, pointer: "/data/amount" });
        const raised = supply === null ? null : plus(supply, amount);
        const total = await t.eventually(
          () => supplyOf(t),
          (found) => !t.facts.capabilities.exclusive || found === null || raised === null || sameAmount(found, raised),
        );
        if (t.facts.capabilities.exclusive && raised !== null)
          t.expect.amount(total, raised, `the total after minting ${amount}`, { exchange: minted });
        supply = total;
      }
    },
  },
  {
    id: "TOKEN-02",
    level: "MUST",
    provenance: "O",
    mode: "m",
    requirement: "Amounts that are zero, negative, no plain decimal, too precise or too large are refused, and the balance stays.",
    hint: "Match the text against the pattern of the document before making a number of it.",
    requests: 38,
    async run(t) {
      const [from, to] = [await t.funded("50"), await t.funded("50")];
      const refusal = { status: [400, 422], codes: /AMOUNT|VALIDATION|INVALID|SUPPLY|BALANCE/ };
      // Every way of being no amount is minted; the dangerous ones and a few others are also transferred.
      const dangerous = NO_AMOUNTS.filter((amount) => ["0", "-1", "-0.5"].includes(String(amount)));
      const transferred = new Set([...dangerous, ...dangerous.map(() => t.random.pick(NO_AMOUNTS))]);
      for (const amount of NO_AMOUNTS) {
        const shown = JSON.stringify(amount);
        t.expect.refused(await t.call("mintTokens", { json: { user_id: to.id, amount } }), refusal, `minting ${shown}`);
        if (!transferred.has(amount)) continue;
        const transfer = await t.call("transferTokens", { json: { from_user_id: from.id, to_user_id: to.id, amount } });
        t.expect.refused(transfer, refusal, `transferring ${shown}`);
      }
      await t.settled();
      for (const user of [from, to]) t.expect.amount(await t.balance(user.id), "50", "the balance after all of them");
      await mint(t, to, "1");
      t.expect.amount(await t.balanceOnce(to.id, "51"), "51", "a good amount is minted");
    },
  },
  {
    id: "TOKEN-03",
    level: "MUST",
    provenance: "P",
    mode: "w",
    requirement: "A transfer conserves: the sender has n less, the receiver n more, the sum is the same.",
    hint: "Debit and credit in one transaction.",
    requests: 11,
    async run(t) {
      const start = t.random.amount(100, 200);
      const [a, b] = [await t.funded(start), await t.funded("0")];
      let [left, right] = [start, "0"];
      for (const amount of [t.random.amount(1, 20), t.random.amount(1, 20, 18)]) {
        const transfer = await send(t, a, b, amount);
        [left, right] = [minus(left, amount), plus(right, amount)];
        t.expect.amount(await t.balanceOnce(a.id, left), left, `the sender's balance after ${amount}`, { exchange: transfer });
        t.expect.amount(await t.balanceOnce(b.id, right), right, `the receiver's balance after ${amount}`, { exchange: transfer });
      }
      t.expect.amount(plus(await t.balance(a.id), await t.balance(b.id)), start, "the sum of both");
    },
  },
  {
    id: "TOKEN-04",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "A transfer of more than the balance is refused with its own code, and both balances stay.",
    hint: "Refuse; never send what there is instead.",
    requests: 12,
    async run(t) {
      const [a, b] = [await t.funded("10"), await t.funded("3")];
      for (const amount of ["1000000", plus("10", SMALLEST)]) {
        const exchange = await t.call("transferTokens", { json: transferOf(a, b, amount) });
        t.expect.refused(exchange, { status: [402, 409, 422], codes: /INSUFFICIENT/ }, `transferring ${amount} of 10`);
        await t.settled();
        t.expect.amount(await t.balance(a.id), "10", `the sender's balance after ${amount} was refused`, { exchange });
        t.expect.amount(await t.balance(b.id), "3", `the receiver's balance after ${amount} was refused`, { exchange });
      }
      await send(t, a, b, "4");
      t.expect.amount(await t.balanceOnce(a.id, "6"), "6", "a transfer within the balance works");
    },
  },
  {
    id: "TOKEN-05",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Exactly the balance can be sent; the balance and one smallest unit cannot.",
    hint: "Compare with ≤, and in integers.",
    requests: 7,
    async run(t) {
      const whole = t.random.amount(5, 50, 18);
      const [a, b] = [await t.funded(whole), await t.funded("0")];
      const more = await t.call("transferTokens", { json: transferOf(a, b, plus(whole, SMALLEST)) });
      t.expect.refused(more, { status: [402, 409, 422], codes: /INSUFFICIENT/ }, "one smallest unit more than the balance");
      const exchange = await send(t, a, b, whole);
      t.expect.amount(await t.balanceOnce(a.id, "0"), "0", "the sender's balance", { exchange });
      t.expect.amount(await t.balanceOnce(b.id, whole), whole, "the receiver's balance", { exchange });
    },
  },
  {
    id: "TOKEN-06",
    level: "MUST",
    provenance: "K",
    mode: "w",
    requirement: "A transfer to oneself never changes the balance, whether it is allowed or refused.",
    hint: "Debit and credit from two copies of one record loses one of them.",
    requests: 6,
    async run(t) {
      const a = await t.funded("20");
      for (const amount of ["7", "20"]) {
        const exchange = await t.call("transferTokens", { json: transferOf(a, a, amount) });
        t.expect.that(exchange.status < 500, "a transfer to oneself breaks the server", { exchange });
        if (exchange.status < 300) await t.confirmed(exchange);
        await t.settled();
        t.expect.amount(await t.balance(a.id), "20", `the balance after sending ${amount} to oneself`, { exchange });
      }
    },
  },
  {
    id: "TOKEN-07",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "A transfer to an unknown recipient is answered 404, and nothing is debited.",
    hint: "Look up both sides before anything is moved.",
    requests: 7,
    async run(t) {
      const a = await t.funded("20");
      const stranger = { id: unknownId(t.random, "user_id") } as MadeUser;
      const exchange = await t.call("transferTokens", { json: transferOf(a, stranger, "5") });
      t.expect.refused(exchange, { status: [404], codes: /NOT_FOUND/ }, "a transfer to nobody");
      await t.settled();
      t.expect.amount(await t.balance(a.id), "20", "the sender's balance", { exchange });
      const b = await t.funded("0");
      await send(t, a, b, "5");
      t.expect.amount(await t.balanceOnce(a.id, "15"), "15", "a transfer to somebody works");
    },
  },
  {
    id: "TOKEN-08",
    level: "MUST",
    provenance: "K",
    mode: "w",
    requirement: "Of two transfers of the whole balance at the same time exactly one succeeds; no balance is ever negative.",
    hint: "Check and act under one lock or in one transaction.",
    requests: 18,
    async run(t) {
      for (let round = 0; round < 2; round++) {
        const [a, b, c] = [await t.funded("10"), await t.funded("0"), await t.funded("0")];
        const both = [b, c].map((to) => t.request("transferTokens", { json: transferOf(a, to, "10") }));
        const answers = await t.together(both);
        const done = answers.filter(({ status }) => status < 300);
        for (const exchange of done) await t.confirmed(exchange);
        t.expect.equal(done.length, 1, "transfers of the whole balance that succeeded", { exchange: answers[1] });
        await t.settled();
        const left = await t.balanceOnce(a.id, "0");
        const received = plus(await t.balance(b.id), await t.balance(c.id));
        t.expect.that(unitsOf(left) >= 0n, "a balance is negative", { exchange: answers[1], actual: left });
        t.expect.amount(plus(left, received), "10", "the sum of all three", { exchange: answers[1] });
      }
    },
  },
  {
    id: "TOKEN-09",
    level: "MUST",
    provenance: "K",
    mode: "m",
    requirement: "Amounts are exact in mint, balance and history: 0.1 + 0.2 is 0.3, and 25 significant digits stay.",
    hint: "Amounts never pass through a floating-point number, JSON included.",
    requests: 14,
    async run(t) {
      const long = `${t.random.int(9_007_199, 9_999_999)}.${t.random.int(100_000_000, 999_999_999)}${t.random.int(10_000_000, 99_999_999)}${t.random.int(1, 9)}`;
      for (const amounts of [["0.1", "0.2"], [long], ["9007199.254740993000000001"]]) {
        const user = await t.user();
        let balance = "0";
        for (const amount of amounts) {
          const minted = await mint(t, user, amount);
          t.expect.amount(minted.data.amount, amount, "the amount of the transaction", { exchange: minted, pointer: "/data/amount" });
          balance = plus(balance, amount);
          const { id } = minted.data;
          if (!t.offers("getTokenTransaction") || typeof id !== "string") continue;
          const kept = await t.call("getTokenTransaction", { params: { transaction_id: id }, fresh: true });
          t.expect.amount(kept.data.amount, amount, "the amount in the history", { exchange: kept, pointer: "/data/amount" });
        }
        t.expect.amount(await t.balanceOnce(user.id, balance), balance, `the balance after ${amounts.join(" + ")}`);
      }
    },
  },
  {
    id: "TOKEN-10",
    level: "SHOULD",
    provenance: "O",
    mode: "m",
    requirement: "The history shows each transaction once, with the id that was returned.",
    hint: "Return the id under which the transaction is kept.",
    requests: 10,
    async run(t) {
      const [a, b] = [await t.user(), await t.user()];
      const made = [await mint(t, a, "9"), await mint(t, a, t.random.amount(1, 5)), await send(t, a, b, "2")];
      for (const exchange of made) {
        const { id } = exchange.data;
        t.expect.that(typeof id === "string", "a transaction has no id", { exchange, pointer: "/data/id" });
        const kept = await t.call("getTokenTransaction", { params: { transaction_id: String(id) } });
        t.expect.ok(kept, "reading the transaction by its id");
        t.expect.equal([kept.data.id, sameAmount(kept.data.amount, exchange.data.amount)], [id, true], "it is the same transaction", {
          exchange: kept,
          pointer: "/data",
        });
      }
      const expected = made.map(({ data }) => data.id).sort();
      const history = await t.eventually(
        () => historyOf(t, a),
        (ids) => ids.length >= expected.length,
      );
      t.expect.equal(history.toSorted(), expected, "ids in the sender's history");
      t.expect.equal(await historyOf(t, b), [made[2]?.data.id], "ids in the receiver's history");
    },
  },
  {
    id: "TOKEN-11",
    level: "MUST",
    provenance: "O",
    mode: "w",
    requirement: "Balances show a completed transfer (within the declared consistency time), whatever connection asks.",
    hint: "Read balances where they are written, or invalidate the cache with the write.",
    requests: 13,
    async run(t) {
      const [a, b] = [await t.funded("30"), await t.funded("0")];
      const see = (user: MadeUser, fresh: boolean, amount: string) =>
        t.eventually(
          () => t.call("getUserBalance", { params: { user_id: user.id }, fresh }),
          ({ data }) => sameAmount(data.balance, amount),
        );
      for (const [left, right] of [
        ["20", "10"],
        ["10", "20"],
      ] as const) {
        const transfer = await send(t, a, b, "10");
        for (const fresh of [false, true]) {
          for (const [who, user, amount] of [
            ["sender", a, left],
            ["receiver", b, right],
          ] as const) {
            const exchange = await see(user, fresh, amount);
            t.expect.ok(exchange, `reading the ${who}'s balance`);
            t.expect.amount(exchange.data.balance, amount, `the ${who}'s balance right after a transfer`, {
              exchange,
              pointer: "/data/balance",
            });
          }
        }
        t.expect.that(transfer.status < 300, "the transfer is done", { exchange: transfer });
      }
    },
  },
];

export const token: Group = { name: "TOKEN", title: "Tokens", checks };

function transferOf(from: MadeUser, to: MadeUser, amount: string): Json {
  return { from_user_id: from.id, to_user_id: to.id, amount };
}

async function mint(t: Probe, user: MadeUser, amount: string): Promise<Exchange> {
  const exchange = await t.call("mintTokens", { json: { user_id: user.id, amount } });
  t.expect.ok(exchange, `minting ${amount}`);
  return await t.confirmed(exchange);
}

async function send(t: Probe, from: MadeUser, to: MadeUser, amount: string): Promise<Exchange> {
  const exchange = await t.call("transferTokens", { json: transferOf(from, to, amount) });
  t.expect.ok(exchange, `transferring ${amount}`);
  return await t.confirmed(exchange);
}

async function supplyOf(t: Probe): Promise<string | null> {
  if (!t.offers("getToken")) return null;
  const { data } = await t.call("getToken");
  return typeof data.total_supply === "string" ? data.total_supply : null;
}

/** Ids of a user's transactions, all pages being one here. */
async function historyOf(t: Probe, user: MadeUser): Promise<readonly string[]> {
  const exchange = await t.call("listTokenTransactions", { query: { user_id: user.id, limit: "50" } });
  t.expect.ok(exchange, "listing a user's transactions");
  return ((exchange.data.items ?? []) as Json[]).map(({ id }) => String(id));
}
