import { both, bucket, fixed, metered, published, sliding } from "../limiters.ts";
import type { Mutant } from "../mutant.ts";
import { at, editing, header, heading, keyOf, own, pathOf, refusal, withHeaders } from "../tamper.ts";

const hour = () => sliding(1000, 3_600_000);
const refused = (_: unknown, found?: { status: number }) => found?.status === 429;

/** What a server without a working limit cannot do either. */
const ALL_BURSTS = ["RATE-03", "RATE-04", "RATE-05", "RATE-06", "RATE-07", "RATE-08", "RATE-09", "RATE-10", "RATE-11"];

export const rateMutants: readonly Mutant[] = [
  { id: "M48", breaks: "nine a second (sliding)", kills: ["RATE-01"], make: metered({ limiter: both(() => sliding(9, 1000), hour) }) },
  { id: "M110", breaks: "nine a second (fixed windows)", kills: ["RATE-01"], make: metered({ limiter: both(() => fixed(9, 1000), hour) }) },
  {
    id: "M46",
    breaks: "no limiter",
    kills: ["RATE-02", "RATE-08", "RATE-09", "RATE-10"],
    also: ALL_BURSTS,
    make: () => editing(at("GET /meta"), (json) => void (json.data.limits.enabled = true))(),
  },
  { id: "M112", breaks: "eleven a second (sliding)", kills: ["RATE-02"], make: metered({ limiter: both(() => sliding(11, 1000), hour) }) },
  { id: "M114", breaks: "eleven a second (bucket)", kills: ["RATE-02"], make: metered({ limiter: both(() => bucket(11, 1000), hour) }) },
  {
    id: "M53",
    breaks: "403 instead of 429",
    kills: ["RATE-03"],
    also: ["RATE-01", "RATE-02", "RATE-12", ...ALL_BURSTS],
    make: metered({ limiter: published(), refuse: () => refusal(403, "RATE_LIMIT_EXCEEDED") }),
  },
  {
    id: "M115",
    breaks: "429 with a code of bad input",
    kills: ["RATE-03"],
    also: ["RATE-11"],
    make: metered({ limiter: published(), refuse: () => refusal(429, "VALIDATION_FAILED", { "retry-after": "1" }) }),
  },
  {
    id: "M13",
    breaks: "the gateway's 429 is text/plain",
    kills: ["RATE-03"],
    also: ["RATE-11"],
    make: metered({
      limiter: published(),
      refuse: () => ({
        status: 429,
        headers: { "content-type": "text/plain", "retry-after": "1" },
        body: Buffer.from("Too many requests"),
      }),
    }),
  },
  { id: "M117", breaks: "429 without Retry-After", kills: ["RATE-04"], world: "limited", make: heading(refused, { "retry-after": null }) },
  { id: "M56", breaks: "Retry-After: soon", kills: ["RATE-05"], world: "limited", make: heading(refused, { "retry-after": "soon" }) },
  {
    id: "M119",
    breaks: "Retry-After of an hour for a second's window",
    kills: ["RATE-05"],
    also: [],
    world: "limited",
    make: heading(refused, { "retry-after": "3600" }),
  },
  {
    id: "M120",
    breaks: "Retry-After: 0 while the second lasts",
    kills: ["RATE-06"],
    world: "limited",
    make: heading(refused, { "retry-after": "0" }),
  },
  {
    id: "M122",
    breaks: "one bucket for all keys of an address",
    kills: ["RATE-07"],
    also: ["RATE-01", "RATE-10"],
    make: metered({ limiter: () => sliding(10, 1000), by: () => "address" }),
  },
  {
    id: "M124",
    breaks: "a bucket for each X-Forwarded-For",
    kills: ["RATE-08"],
    make: metered({ limiter: published(), by: (request) => `${keyOf(request)} ${header(request, "x-forwarded-for")}` }),
  },
  {
    id: "M125",
    breaks: "a bucket for each connection",
    kills: ["RATE-08"],
    also: ["RATE-02", "RATE-09", "RATE-10", ...ALL_BURSTS],
    make: metered({ limiter: published(), by: (request) => `${keyOf(request)} ${request.connection}` }),
  },
  {
    id: "M51",
    breaks: "a bucket for each endpoint",
    kills: ["RATE-09"],
    make: metered({ limiter: published(), by: (request) => `${keyOf(request)} ${pathOf(request)}` }),
  },
  {
    id: "M126",
    breaks: "a bucket for each method",
    kills: ["RATE-09"],
    make: metered({ limiter: both(() => sliding(12, 1000), hour), by: (request) => `${keyOf(request)} ${request.method}` }),
    also: ["RATE-02"],
  },
  {
    id: "M61",
    breaks: "the hour is over after 50 minutes",
    kills: ["RATE-10"],
    capabilities: { limiter: "sliding" },
    make: metered({
      limiter: both(
        () => sliding(10, 1000),
        () => sliding(1000, 3_000_000),
      ),
    }),
  },
  {
    id: "M127",
    breaks: "500 an hour",
    kills: ["RATE-10"],
    make: metered({
      limiter: both(
        () => sliding(10, 1000),
        () => sliding(500, 3_600_000),
      ),
    }),
  },
  { id: "M128", breaks: "no limit by the hour", kills: ["RATE-10"], make: metered({ limiter: () => sliding(10, 1000) }) },
  {
    id: "M58",
    breaks: "a throttled mint is applied",
    kills: ["RATE-11"],
    world: "limited",
    make:
      ({ apiKey }) =>
      async (request, forward) => {
        const found = await forward(request);
        if (found.status !== 429 || !at("POST /tokens/mint")(request)) return found;
        // By another key of the same server, which is made for it and not throttled.
        const made = await forward(withHeaders(own("POST", "/api-keys", apiKey, { name: "mutant", scopes: ["tokens:mint"] }), {}));
        const secret = JSON.parse(made.body.toString()).data?.secret;
        if (secret) await forward(withHeaders(request, { authorization: `Bearer ${secret}` }));
        return found;
      },
  },
  {
    id: "M63",
    breaks: "what is left of the hour never changes",
    kills: ["RATE-12"],
    world: "limited",
    make: remaining((field) => field.replace(/"hour";r=\d+/, '"hour";r=1000')),
  },
  {
    id: "M129",
    breaks: "what is left goes below zero",
    kills: ["RATE-12"],
    world: "limited",
    make: remaining((field) => field.replace(/"second";r=\d+/, '"second";r=-1')),
  },
  {
    id: "M130",
    breaks: "another limit is advertised",
    kills: ["RATE-12"],
    world: "limited",
    make: heading((_, found) => found?.headers["ratelimit-policy"] !== undefined, {
      "ratelimit-policy": '"second";q=100;w=1, "hour";q=1000;w=3600',
    }),
  },
];

function remaining(change: (field: string) => string): NonNullable<Mutant["make"]> {
  return () => async (request, forward) => {
    const found = await forward(request);
    const field = found.headers.ratelimit;
    return typeof field === "string" ? { ...found, headers: { ...found.headers, ratelimit: change(field) } } : found;
  };
}
