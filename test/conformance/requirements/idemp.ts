import type { Check, Group } from "../kit/check.ts";
import type { Json } from "../kit/document.ts";
import type { Exchange } from "../kit/exchange.ts";
import { Inconclusive, SetupFailed } from "../kit/outcomes.ts";
import type { MadeUser } from "../kit/people.ts";
import type { CallOptions, Probe } from "../kit/probe.ts";
import { burst, cheap } from "../kit/rate.ts";

/** Idempotency keys (draft-ietf-httpapi-idempotency-key-header): a request that is sent again has one effect. */

const REUSED = { status: [400, 409, 422], codes: /IDEMPOTENCY/ } as const;

const checks: readonly Check[] = [
  {
    // Section 2.6: "duplicate records for … money transfer MUST NOT be allowed".
    id: "IDEMP-01",
    level: "MUST",
    provenance: "K",
    mode: "m",
    needs: ["idempotency"],
    requirement: "The same key with the same body has one effect, and gives the same result.",
    hint: "Keep the first answer with the effect; compare parsed JSON, not text. A quoted key is the bare one.",
    requests: 11,
    async run(t) {
      const [user, key] = [await t.user(), freshKey(t)];
      const amount = t.random.amount(1, 90);
      const first = await minted(t, key, { user_id: user.id, amount });
      for (const [what, idempotencyKey, json] of [
        ["the same request", key, { user_id: user.id, amount }],
        ["the members in another order", key, { amount, user_id: user.id }],
        ["the key in quotes", `"${key}"`, { user_id: user.id, amount }],
      ] as const) {
        const again = await mint(t, idempotencyKey, json);
        t.expect.status(again, [first.status], `${what} gets the status of the first`);
        t.expect.equal(again.data.id, first.data.id, `${what} gets the result of the first`, { exchange: again, pointer: "/data/id" });
        await t.settled();
        t.expect.amount(await t.balance(user.id), amount, `the balance after ${what}`, { exchange: again });
      }
      const headers = { "Idempotency-Key": freshKey(t) };
      const person = t.person();
      const [one, two] = [await t.call("createUser", { headers, json: person }), await t.call("createUser", { headers, json: person })];
      for (const each of [one, two]) t.made(each);
      t.expect.ok(two, "creating a user again with the same key");
      t.expect.equal(two.data.id, one.data.id, "gives the user that was created", { exchange: two, pointer: "/data/id" });
    },
  },
  {
    id: "IDEMP-02",
    level: "SHOULD",
    provenance: "K",
    mode: "m",
    needs: ["idempotency"],
    requirement: "The same key with another body is refused, has no effect, and tells nothing of the first body.",
    hint: "422 IDEMPOTENCY_KEY_REUSED.",
    requests: 6,
    async run(t) {
      const [user, key, reference] = [await t.user(), freshKey(t), `secret-${t.random.word(12)}`];
      await minted(t, key, { user_id: user.id, amount: "5", reference });
      const other = await mint(t, key, { user_id: user.id, amount: "6" });
      t.expect.refused(other, REUSED, "the same key with another amount");
      t.expect.that(!other.text.includes(reference), "the refusal shows the first body", { exchange: other });
      await t.settled();
      t.expect.amount(await t.balance(user.id), "5", "the balance after the refusal", { exchange: other });
      const later = await mint(t, freshKey(t), { user_id: user.id, amount: "6" });
      await carriedOut(t, later, "the other body with a key of its own");
      await holds(t, user, "11", "the balance after both");
    },
  },
  {
    id: "IDEMP-03",
    level: "MUST",
    provenance: "K",
    mode: "m",
    needs: ["idempotency"],
    requirement: "Duplicates at the same time have one effect; the others get 409 or the same result.",
    hint: "Reserve the key before the work begins.",
    requests: 17,
    async run(t) {
      for (let round = 0; round < 2; round++) {
        const [user, key] = [await t.user(), freshKey(t)];
        const json = { user_id: user.id, amount: "3" };
        const answers = await t.together(Array.from({ length: 5 }, () => t.request("mintTokens", keyed(key, json))));
        const done = answers.filter(({ status }) => status < 300);
        t.expect.that(done.length > 0, "none of five requests at once succeeded", { exchange: answers[0] });
        for (const exchange of answers) {
          if (exchange.status >= 300) t.expect.refused(exchange, { status: [409], codes: /IDEMPOTENCY/ }, "a duplicate at the same time");
          else t.expect.equal(exchange.data.id, done[0]?.data.id, "all that succeed have one result", { exchange, pointer: "/data/id" });
        }
        await t.confirmed(done[0] as Exchange);
        await t.settled();
        await holds(t, user, "3", "the balance after five requests at once", done[0]);
      }
    },
  },
  {
    id: "IDEMP-04",
    level: "MUST",
    provenance: "K",
    mode: "m2",
    needs: ["idempotency"],
    requirement: "Idempotency keys are each API key's own: two clients that choose the same one do not meet.",
    hint: "Keep them by API key, method and path.",
    requests: 7,
    async run(t) {
      const [user, key, second] = [await t.user(), freshKey(t), await t.secondKey()];
      const json = { user_id: user.id, amount: "4" };
      const first = await minted(t, key, json);
      const other = await t.call("mintTokens", { ...keyed(key, json), key: second });
      await carriedOut(t, other, "the same idempotency key of another API key");
      t.expect.that(other.data.id !== first.data.id, "another API key gets the first one's result", {
        exchange: other,
        pointer: "/data/id",
      });
      await holds(t, user, "8", "the balance after both", other);
      const again = await t.call("mintTokens", { ...keyed(key, json), key: second });
      t.expect.equal(again.data.id, other.data.id, "each has its own result", { exchange: again, pointer: "/data/id" });
    },
  },
  {
    id: "IDEMP-05",
    level: "MUST",
    provenance: "K",
    mode: "m",
    needs: ["idempotency"],
    requirement: "The same body with different keys, or without one, has an effect each time.",
    hint: "Duplicates are known by the key, never by the body.",
    requests: 9,
    async run(t) {
      const user = await t.user();
      const json = { user_id: user.id, amount: "2" };
      const ids = new Set<unknown>();
      for (const key of [freshKey(t), freshKey(t), null, null]) {
        const exchange = key === null ? await t.call("mintTokens", { json }) : await mint(t, key, json);
        await carriedOut(t, exchange, "the same body again");
        ids.add(exchange.data.id);
      }
      t.expect.equal(ids.size, 4, "four requests have four results");
      await holds(t, user, "8", "the balance after four of them");
    },
  },
  {
    id: "IDEMP-06",
    level: "MUST",
    provenance: "K",
    mode: "q",
    needs: ["idempotency"],
    requirement: "A 401 or 429 is not kept as the result for the key: the request can be sent again.",
    hint: "Look at keys after authentication and limits.",
    requests: 80,
    async run(t) {
      const user = await t.user();
      const json = { user_id: user.id, amount: "1" };
      const key = freshKey(t);
      t.expect.status(await t.call("mintTokens", { ...keyed(key, json), key: null }), [401], "without an API key");
      t.expect.ok(await mint(t, key, json), "the same request with an API key");
      if (t.facts.limits?.enabled === false) return;
      const rateKey = await t.rateKey();
      await t.time.sleep(2100);
      const later = freshKey(t);
      const answers = await burst(t, [
        ...Array.from({ length: 30 }, () => cheap(t, rateKey)),
        ...Array.from({ length: 30 }, () => t.request("mintTokens", { ...keyed(later, json), key: rateKey })),
      ]);
      const throttled = answers.refused.find(({ operationId }) => operationId === "mintTokens");
      if (!throttled) throw new Inconclusive("no mint was throttled");
      await t.time.sleep(2100);
      const again = await t.call("mintTokens", { ...keyed(later, json), key: rateKey, throttled: true });
      await carriedOut(t, again, "the throttled request, sent again later with the same key");
      await holds(t, user, "2", "the balance after both", again);
    },
  },
  {
    id: "IDEMP-07",
    level: "MUST",
    provenance: "K",
    mode: "m",
    needs: ["idempotency"],
    requirement: "A request refused for its shape (400) leaves its key free, and a malformed key is refused without an effect.",
    hint: "Keep results of requests that were carried out; a key has 1 to 255 printable ASCII characters.",
    requests: 8,
    async run(t) {
      const [user, key] = [await t.user(), freshKey(t)];
      const refused = await mint(t, key, { user_id: user.id });
      t.expect.status(refused, [400, 422], "a body without its amount");
      for (const malformed of ["k".repeat(256), '""']) {
        const exchange = await mint(t, malformed, { user_id: user.id, amount: "9" });
        t.expect.refused(exchange, { status: [400], codes: /INVALID|VALIDATION|IDEMPOTENCY/ }, `a key of ${malformed.length} characters`);
      }
      await t.settled();
      t.expect.amount(await t.balance(user.id), "0", "the balance after all that was refused", { exchange: refused });
      const corrected = await mint(t, key, { user_id: user.id, amount: "5" });
      await carriedOut(t, corrected, "the corrected body with the same key");
      await holds(t, user, "5", "the balance after the corrected body");
    },
  },
  {
    id: "IDEMP-08",
    level: "MUST",
    provenance: "K",
    mode: "mc",
    needs: ["idempotency"],
    requirement: "A result is kept for 24 hours.",
    hint: "Measured from the first request, by the server's clock.",
    requests: 6,
    async run(t) {
      const [user, key] = [await t.user(), freshKey(t)];
      const json = { user_id: user.id, amount: "6" };
      const first = await minted(t, key, json);
      for (const hours of [12, 11.9]) {
        await t.clock?.advance(hours * 3_600_000);
        const again = await mint(t, key, json);
        t.expect.equal(again.data.id, first.data.id, "within 24 hours the first result is given", { exchange: again, pointer: "/data/id" });
      }
      t.expect.amount(await t.balance(user.id), "6", "the balance after all of them");
    },
  },
];

export const idemp: Group = { name: "IDEMP", title: "Idempotency keys", checks };

/** Never used before, in this run or another. */
function freshKey(t: Probe): string {
  return `conf-${t.runId}-${t.random.word(12)}`;
}

function keyed(key: string, json: Json): CallOptions {
  return { headers: { "Idempotency-Key": key }, json };
}

function mint(t: Probe, key: string, json: Json): Promise<Exchange> {
  return t.call("mintTokens", keyed(key, json));
}

/** A first mint, confirmed. */
async function minted(t: Probe, key: string, json: Json & { readonly user_id: MadeUser["id"] }): Promise<Exchange> {
  const exchange = await mint(t, key, json);
  if (exchange.status >= 300) throw new SetupFailed("tokens could not be minted with an idempotency key", exchange);
  await t.confirmed(exchange);
  return exchange;
}

/** A request that must succeed, until nothing of it is pending. */
async function carriedOut(t: Probe, exchange: Exchange, what: string): Promise<void> {
  t.expect.ok(exchange, what);
  await t.confirmed(exchange);
}

/** The balance that a user must have by now. */
async function holds(t: Probe, { id }: MadeUser, amount: string, what: string, exchange?: Exchange): Promise<void> {
  t.expect.amount(await t.balanceOnce(id, amount), amount, what, exchange && { exchange });
}
