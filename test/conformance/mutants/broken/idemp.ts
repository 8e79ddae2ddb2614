import type { Answered, Handler, Mutant, Received } from "../mutant.ts";
import { asking, at, edited, header, jsonOf, keyOf, withHeaders } from "../tamper.ts";

const KEY = "idempotency-key";
const keyed = (request: Received) => header(request, KEY);
const withoutKey = (request: Received) => withHeaders(request, { [KEY]: null });

export const idempMutants: readonly Mutant[] = [
  {
    id: "M88",
    breaks: "idempotency keys are ignored: a replay executes twice",
    kills: ["IDEMP-01"],
    also: ["IDEMP-02", "IDEMP-03", "IDEMP-04", "IDEMP-07", "IDEMP-08"],
    make: asking((request) => keyed(request) !== undefined, withoutKey),
  },
  {
    id: "M176",
    breaks: "a key in quotes is another key",
    kills: ["IDEMP-01"],
    make: asking(
      (request) => /^".+"$/.test(keyed(request) ?? ""),
      (request) => withHeaders(request, { [KEY]: `quoted-${keyed(request)?.slice(1, -1)}` }),
    ),
  },
  {
    id: "M177",
    breaks: "a replay has another status than the first answer",
    kills: ["IDEMP-01"],
    also: ["ENV-10"],
    make: () => async (request, forward) => {
      const found = await forward(request);
      return found.headers["idempotent-replayed"] && found.status === 201 ? { ...found, status: 200 } : found;
    },
  },
  {
    id: "M178",
    breaks: "another body with the same key gets the first result",
    kills: ["IDEMP-02"],
    make: keeping({ by: keyed, found: (_, first) => jsonOf(_)?.error?.code === "IDEMPOTENCY_KEY_REUSED" && first.status < 300 }),
  },
  {
    id: "M179",
    breaks: "the refusal of another body shows the first one",
    kills: ["IDEMP-02"],
    make: (): Handler => {
      const bodies = new Map<string, string>();
      return async (request, forward) => {
        const found = await forward(request);
        const key = keyed(request);
        if (key && found.status < 300) bodies.set(key, request.body.toString());
        return key && found.status === 422 ? edited(found, (json) => void (json.error.message += ` It was ${bodies.get(key)}.`)) : found;
      };
    },
  },
  {
    id: "M121",
    breaks: "two duplicates at the same time are both carried out",
    kills: ["IDEMP-03"],
    make: (): Handler => {
      const running = new Map<string, number>();
      return async (request, forward) => {
        const key = keyed(request);
        if (key === undefined) return await forward(request);
        running.set(key, (running.get(key) ?? 0) + 1);
        const found = await forward((running.get(key) ?? 0) > 1 ? withoutKey(request) : request);
        // Answers slowly, as one that looks before it writes.
        await new Promise((resolve) => setTimeout(resolve, 15));
        running.set(key, (running.get(key) ?? 1) - 1);
        return found;
      };
    },
  },
  {
    id: "M180",
    breaks: "idempotency keys are shared by all API keys",
    kills: ["IDEMP-04"],
    make: keeping({ by: keyed, found: (_, first, request) => first.status < 300 && first.by !== keyOf(request) }),
  },
  {
    id: "M181",
    breaks: "the same body is a duplicate, whatever the key",
    kills: ["IDEMP-05"],
    also: ["IDEMP-04"],
    make: keeping({
      by: (request) => (keyed(request) && at("POST /tokens/mint")(request) ? request.body.toString() : undefined),
      found: (_, first) => first.status < 300,
    }),
  },
  {
    id: "M91",
    breaks: "a 429 is kept for its key",
    kills: ["IDEMP-06"],
    world: "limited",
    make: keeping({ by: keyed, found: (_, first) => first.status === 429 }),
  },
  {
    id: "M182",
    breaks: "a 401 is kept for its key",
    kills: ["IDEMP-06"],
    world: "limited",
    make: keeping({ by: keyed, found: (_, first) => first.status === 401 }),
  },
  {
    id: "M183",
    breaks: "a 400 is kept for its key",
    kills: ["IDEMP-07"],
    make: keeping({ by: keyed, found: (_, first) => first.status === 400 }),
  },
  {
    id: "M184",
    breaks: "keys that are too long are cut",
    kills: ["IDEMP-07"],
    make: asking(
      (request) => (keyed(request)?.length ?? 0) > 255,
      (request) => withHeaders(request, { [KEY]: keyed(request)?.slice(0, 255) ?? null }),
    ),
  },
  {
    id: "M185",
    breaks: "results are forgotten after half a day",
    kills: ["IDEMP-08"],
    make: ({ now }): Handler => {
      const begun = new Map<string, number>();
      return async (request, forward) => {
        const key = keyed(request);
        if (key === undefined) return await forward(request);
        const age = now() - (begun.get(key) ?? now());
        if (!begun.has(key)) begun.set(key, now());
        return await forward(age > 13 * 3_600_000 ? withoutKey(request) : request);
      };
    },
  },
];

interface Keeping {
  /** What requests are the same by. */
  readonly by: (request: Received) => string | undefined;
  /** Whether the first answer is given instead of this one. */
  readonly found: (found: Answered, first: Answered & { readonly by: string | null }, request: Received) => boolean;
}

/** Gives the first answer again where it should not be; such a request has no effect. */
function keeping({ by, found: wrong }: Keeping): () => Handler {
  return () => {
    const firsts = new Map<string, Answered & { readonly by: string | null }>();
    return async (request, forward) => {
      const name = by(request);
      const first = name === undefined ? undefined : firsts.get(name);
      if (first && wrong({ status: 0, headers: {}, body: Buffer.alloc(0) }, first, request)) return first;
      const found = await forward(request);
      if (name === undefined) return found;
      if (!first) firsts.set(name, { ...found, by: keyOf(request) });
      return first && wrong(found, first, request) ? first : found;
    };
  };
}
