import type { Check, Group } from "../kit/check.ts";
import type { Exchange } from "../kit/exchange.ts";
import { Inconclusive, NotApplicable, Untestable } from "../kit/outcomes.ts";
import type { Probe } from "../kit/probe.ts";
import {
  ATTEMPT_GAP_MS,
  attemptsNeeded,
  burst,
  burstOf,
  cheap,
  mostAdmitted,
  PER_HOUR,
  PER_SECOND,
  QUIET_MS,
  throttle,
} from "../kit/rate.ts";
import { hourChecks } from "./rate-hour.ts";

/** Ten requests a second, per key, over all endpoints. The numbers are published, the algorithm is not: see kit/rate.ts. */

const THROTTLED = { status: [429], codes: /RATE|LIMIT|TOO_MANY/ } as const;

const checks: readonly Check[] = [
  {
    id: "RATE-01",
    level: "MUST",
    provenance: "P",
    mode: "q",
    requirement: "Ten requests within a second, after quiet, are never throttled.",
    hint: "The limit is ten, not nine; what was refused or belongs to another key does not count.",
    requests: 100,
    async run(t) {
      const key = await t.rateKey();
      let rounds = 0;
      // A window that starts during the burst can hide a limit of nine once, hardly five times.
      for (let attempt = 0; rounds < 5 && attempt < 10; attempt++) {
        await t.time.sleep(QUIET_MS);
        const { refused, spanMs } = await burst(
          t,
          Array.from({ length: PER_SECOND }, () => cheap(t, key)),
        );
        if (spanMs > 900) continue;
        rounds += 1;
        t.expect.equal(refused.length, 0, `requests refused of ten within ${Math.round(spanMs)} ms after quiet`, { exchange: refused[0] });
      }
      if (rounds < 5) throw new Inconclusive("this client is too slow: ten requests took more than 0.9 s");
    },
  },
  {
    id: "RATE-02",
    level: "MUST",
    provenance: "P",
    mode: "q",
    requirement: "Sustained load over T ≥ 25 s is served at most 10·(⌊T⌋+2) times.",
    hint: "No limit, or eleven a second: count per key, and count every request.",
    requests: 520,
    async run(t) {
      const key = await t.rateKey();
      await t.time.sleep(QUIET_MS);
      const begun = t.time.now();
      const exchanges: Exchange[] = [];
      const flying = new Set<Promise<unknown>>();
      for (let due = begun; t.time.now() - begun < 25_850; due += ATTEMPT_GAP_MS) {
        const wait = due - t.time.now();
        if (wait > 0) await t.time.sleep(wait);
        const sending = t.send({ ...cheap(t, key), free: true, throttled: true }).then((exchange) => exchanges.push(exchange));
        flying.add(sending);
        void sending.catch(() => {}).finally(() => flying.delete(sending));
        if (t.time.moved || flying.size >= 40) await sending;
      }
      await Promise.all(flying);
      const { admitted, spanMs } = burstOf(exchanges, t.time.now() - begun);
      const most = mostAdmitted(PER_SECOND, spanMs);
      t.expect.that(
        admitted.length <= most,
        `${admitted.length} of ${exchanges.length} requests in ${(spanMs / 1000).toFixed(1)} s were served`,
        { exchange: exchanges.at(-1), expected: `at most ${most}`, actual: admitted.length },
      );
      // Fewer attempts could not have shown a limit of eleven.
      if (exchanges.length < Math.max(attemptsNeeded(PER_SECOND, spanMs), (14 * spanMs) / 1000)) {
        throw new Inconclusive(`only ${exchanges.length} attempts in ${(spanMs / 1000).toFixed(1)} s: this client is too slow`);
      }
    },
  },
  {
    id: "RATE-03",
    level: "MUST",
    provenance: "O",
    mode: "q",
    requirement: "What exceeds the limit is answered 429 with the error envelope and always the same code.",
    hint: "A gateway that throttles must speak the envelope too.",
    requests: 125,
    async run(t) {
      const { refused, admitted } = await throttle(t, await t.rateKey());
      for (const exchange of refused) {
        t.expect.refused(exchange, THROTTLED, "a throttled request");
        t.expect.equal(exchange.json?.status, "error", "a throttled request is answered in the envelope", { exchange, pointer: "/status" });
      }
      t.expect.equal(new Set(refused.map(({ code }) => code)).size, 1, "codes of throttled requests", { exchange: refused[0] });
      const other = admitted.filter(({ status }) => status >= 300);
      t.expect.equal(other.length, 0, "answers that are neither a success nor a 429", { exchange: other[0] });
    },
  },
  {
    id: "RATE-04",
    level: "SHOULD",
    provenance: "K",
    mode: "q",
    requirement: "A 429 carries Retry-After.",
    hint: "Whole seconds until a request will be served again.",
    requests: 125,
    async run(t) {
      const { refused } = await throttle(t, await t.rateKey());
      for (const exchange of refused)
        t.expect.that(exchange.headers["retry-after"] !== undefined, "a 429 has no Retry-After", { exchange, pointer: "retry-after" });
    },
  },
  {
    // RFC 9110, 10.2.3: "Retry-After = HTTP-date / delay-seconds".
    id: "RATE-05",
    level: "MUST",
    provenance: "R",
    mode: "q",
    requirement: "Retry-After, if present, is a number of seconds or an HTTP date, and not beyond the window that was exceeded.",
    hint: "A decimal fraction or a word is no Retry-After; a second's window is over in a second.",
    requests: 125,
    async run(t) {
      const { refused } = await throttle(t, await t.rateKey());
      const said = refused.filter(({ headers }) => headers["retry-after"] !== undefined);
      if (said.length === 0) throw new NotApplicable("no 429 has a Retry-After");
      for (const exchange of said) {
        const seconds = retryAfter(exchange);
        const evidence = { exchange, pointer: "retry-after", actual: exchange.headers["retry-after"] };
        t.expect.that(seconds !== null, "Retry-After is neither seconds nor a date", { ...evidence, expected: "1, or an HTTP date" });
        // A second, rounded up, and a second for a date's resolution.
        t.expect.that(seconds !== null && seconds >= -1 && seconds <= 2, "Retry-After is beyond the window of a second", {
          ...evidence,
          expected: "0 to 2 s",
        });
      }
    },
  },
  {
    id: "RATE-06",
    level: "MUST",
    provenance: "K",
    mode: "q",
    requirement: "After waiting as Retry-After says, the next request is served.",
    hint: "Round up, not down; refused requests must not extend the wait.",
    requests: 130,
    async run(t) {
      const key = await t.rateKey();
      const { refused } = await throttle(t, key);
      const last = refused.at(-1) as Exchange;
      const seconds = retryAfter(last);
      if (seconds === null) throw new NotApplicable("the 429 has no Retry-After that can be read");
      await t.time.sleep(Math.max(0, seconds) * 1000 + 150);
      const next = await t.send({ ...cheap(t, key), free: true, throttled: true });
      t.expect.that(next.status !== 429, `throttled again after waiting ${seconds} s as told`, {
        exchange: next,
        pointer: "status",
        expected: 200,
        actual: next.status,
      });
      t.expect.ok(next, "the request after the wait");
    },
  },
  {
    id: "RATE-07",
    level: "MUST",
    provenance: "P",
    mode: "q2",
    requirement: "A key is unaffected while another one is throttled, from the same address.",
    hint: "Count per key, not per address or account.",
    requests: 160,
    async run(t) {
      const [a, b] = [await t.rateKey(), await t.secondKey()];
      if (a === b) throw new Untestable("the rate key and the second key are the same");
      const { refused } = await throttle(t, a);
      t.expect.that(refused.length > 0, "the first key is throttled");
      const { exchanges } = await burst(t, [cheap(t, a), cheap(t, b), cheap(t, a), cheap(t, b), cheap(t, b), cheap(t, b)]);
      const ofB = [1, 3, 4, 5].map((at) => exchanges[at] as Exchange);
      for (const exchange of ofB)
        t.expect.that(exchange.status !== 429, "the second key is throttled with the first", {
          exchange,
          pointer: "status",
          expected: 200,
          actual: 429,
        });
      for (const exchange of ofB) t.expect.ok(exchange, "a request with the second key");
    },
  },
  {
    id: "RATE-08",
    level: "MUST",
    provenance: "O",
    mode: "q",
    requirement: "Other client addresses in headers, or new connections, give no fresh bucket.",
    hint: "Count by the key; X-Forwarded-For is written by the client.",
    requests: 65,
    async run(t) {
      const key = await t.rateKey();
      await t.time.sleep(QUIET_MS);
      const spoofed = Array.from({ length: 60 }, (_, i) => {
        const address = `203.0.113.${i + 1}`;
        return cheap(t, key, {
          fresh: i % 2 === 0,
          headers: { "X-Forwarded-For": address, Forwarded: `for=${address}`, "X-Real-IP": address, "User-Agent": `client ${i}` },
        });
      });
      boundedBurst(t, await burst(t, spoofed), "requests from 60 addresses");
    },
  },
  {
    id: "RATE-09",
    level: "MUST",
    provenance: "P",
    mode: "q",
    requirement: "All endpoints and methods share one bucket.",
    hint: "Meter before routing, by the key alone.",
    requests: 65,
    async run(t) {
      const key = await t.rateKey();
      const kinds = [
        t.request("getToken", { key }),
        t.request("listUsers", { key }),
        t.request("listTokenTransactions", { key }),
        t.request("getUser", { key, params: { user_id: "nobody" } }),
        t.request("createUser", { key, json: {} }),
        t.request("mintTokens", { key, json: {} }),
      ].filter((_, at) =>
        t.offers(["getToken", "listUsers", "listTokenTransactions", "getUser", "createUser", "mintTokens"][at] as string),
      );
      if (kinds.length < 3) throw new Untestable("fewer than three kinds of requests are offered");
      await t.time.sleep(QUIET_MS);
      boundedBurst(
        t,
        await burst(
          t,
          Array.from({ length: 60 }, (_, i) => kinds[i % kinds.length] as (typeof kinds)[0]),
        ),
        `requests of ${kinds.length} kinds`,
      );
    },
  },
  {
    id: "RATE-11",
    level: "MUST",
    provenance: "K",
    mode: "qm",
    requirement: "A throttled change has no effect and sends no event.",
    hint: "Refuse before the handler runs.",
    requests: 70,
    async run(t) {
      const key = await t.rateKey();
      const user = await t.user();
      await t.time.sleep(QUIET_MS);
      const { admitted, refused } = await burst(
        t,
        Array.from({ length: 40 }, () => t.request("mintTokens", { key, json: { user_id: user.id, amount: "1" } })),
      );
      if (refused.length === 0) throw new Inconclusive("no mint was throttled");
      for (const exchange of refused) t.expect.refused(exchange, THROTTLED, "a throttled mint");
      const done = admitted.filter(({ status }) => status < 300);
      t.expect.that(done.length > 0, "no mint of the burst was served", { exchange: refused[0] });
      for (const exchange of done) await t.confirmed(exchange);
      await t.time.sleep(QUIET_MS);
      await t.settled();
      t.expect.amount(
        await t.balance(user.id),
        String(done.length),
        `the balance after ${done.length} mints served and ${refused.length} throttled`,
        { exchange: refused[0] },
      );
      if (!t.offers("listEvents")) return;
      const events = await t.call("listEvents", { query: { type: "token.transaction.created", limit: "100" } });
      const ofUser = ((events.data.items ?? []) as { data?: { to?: { user_id?: string } } }[]).filter(
        ({ data }) => data?.to?.user_id === user.id,
      );
      t.expect.equal(ofUser.length, done.length, "events of mints", { exchange: events, pointer: "/data/items" });
    },
  },
  {
    // draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "second";q=10;w=1`, `RateLimit: "second";r=9;t=1`.
    id: "RATE-12",
    level: "SHOULD",
    provenance: "K",
    mode: "q",
    requirement: "Limits that answers advertise are true: 10 and 1000, going down with each request, reset inside the window.",
    hint: "Compute the fields from the counter that decides.",
    requests: 10,
    async run(t) {
      const key = await t.rateKey();
      await t.time.sleep(QUIET_MS);
      const answers: Exchange[] = [];
      for (let i = 0; i < 6; i++) answers.push(await t.send({ ...cheap(t, key), free: true, throttled: true }));
      const [first] = answers as [Exchange];
      if (first.headers.ratelimit === undefined) throw new NotApplicable("the target sends no RateLimit fields");
      const policies = itemsOf(first.headers["ratelimit-policy"] ?? "");
      const byWindow = (seconds: number) => Object.entries(policies).find(([, item]) => item.w === seconds);
      for (const [window, limit] of [
        [1, PER_SECOND],
        [3600, PER_HOUR],
      ] as const) {
        const [name = "", policy] = byWindow(window) ?? [];
        t.expect.equal(policy?.q, limit, `the advertised limit of ${window} s`, { exchange: first, pointer: "ratelimit-policy" });
        for (const exchange of answers) {
          const { r = Number.NaN, t: reset = 0 } = itemsOf(exchange.headers.ratelimit ?? "")[name] ?? {};
          const evidence = { exchange, pointer: "ratelimit", actual: exchange.headers.ratelimit };
          t.expect.that(r >= 0 && r <= limit, `what is left of ${limit} is not between 0 and ${limit}`, evidence);
          t.expect.that(reset >= 0 && reset <= window, `the reset lies outside the window of ${window} s`, evidence);
        }
      }
      const left = (exchange: Exchange) => itemsOf(exchange.headers.ratelimit ?? "")[byWindow(3600)?.[0] ?? ""]?.r ?? Number.NaN;
      const used = left(first) - left(answers.at(-1) as Exchange);
      t.expect.that(used === 5 || used === 4, "five requests are not taken from the hour", {
        exchange: answers.at(-1),
        pointer: "ratelimit",
        expected: "5 (4 when one left the window)",
        actual: used,
      });
    },
  },
  ...hourChecks,
];

export const rate: Group = { name: "RATE", title: "Rate limits", checks };

function boundedBurst(t: Probe, { admitted, exchanges, spanMs }: ReturnType<typeof burstOf>, what: string): void {
  const most = mostAdmitted(PER_SECOND, spanMs);
  t.expect.that(admitted.length <= most, `${admitted.length} of 60 ${what} within ${Math.round(spanMs)} ms were served`, {
    exchange: exchanges.at(-1),
    expected: `at most ${most}`,
    actual: admitted.length,
  });
  if (most >= exchanges.length) throw new Inconclusive("this client is too slow: 60 requests in that time are allowed");
}

/** Seconds of Retry-After; null when it is neither a whole number nor a date. A date is read by the answer's own Date. */
function retryAfter({ headers }: Exchange): number | null {
  const value = headers["retry-after"] ?? "";
  if (/^\d+$/.test(value)) return Number(value);
  const date = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : (date - Date.parse(headers.date ?? new Date().toUTCString())) / 1000;
}

/** `"second";r=9;t=1, "hour";r=999;t=3600` → `{second: {r: 9, t: 1}, hour: {…}}`. */
function itemsOf(field: string): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const items = field.split(",").map((item) => item.split(";").map((part) => part.trim()));
  return Object.fromEntries(
    items.map(([name = "", ...parameters]) => [name.replaceAll('"', ""), Object.fromEntries(parameters.flatMap(numberOf))]),
  );
}

/** `r=9` as a name and a number; what is no number is left out. */
function numberOf(parameter: string): [name: string, value: number][] {
  const [, name = "", value] = /^(\w+)=(-?\d+)$/.exec(parameter) ?? [];
  return value === undefined ? [] : [[name, Number(value)]];
}
