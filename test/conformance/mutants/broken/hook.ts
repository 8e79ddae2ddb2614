import type { Answered, Handler, Mutant, Received } from "../mutant.ts";
import { type Outgoing, relayed, retrying, signed } from "../relay.ts";
import { asking, at, edited, editing, jsonOf, withBody } from "../tamper.ts";

const create = at("POST /webhook-endpoints");
const one = at("GET /webhook-endpoints/*");
const DONE = { status: 204 };
const typeOf = ({ body }: Outgoing): string => jsonOf({ body })?.type;
const withHeader = (hook: Outgoing, name: string, value: string): Outgoing => ({ ...hook, headers: { ...hook.headers, [name]: value } });

/** Registers an address that is refused under another one, and says that all is well. */
function taking(url: RegExp): NonNullable<Mutant["make"]> {
  return asking(
    (request) => create(request) && url.test(jsonOf(request)?.url ?? ""),
    (request) => withBody(request, { ...jsonOf(request), url: "https://example.com/" }),
  );
}

export const hookMutants: readonly Mutant[] = [
  {
    id: "M243",
    breaks: "a deleted endpoint still is read",
    kills: ["HOOK-01"],
    make: (): Handler => {
      const last = new Map<string, Answered>();
      return async (request, forward) => {
        const found = await forward(request);
        if (one(request) && found.status === 200) last.set(request.url, found);
        return one(request) && found.status === 404 ? (last.get(request.url) ?? found) : found;
      };
    },
  },
  {
    id: "M244",
    breaks: "endpoints are not listed",
    kills: ["HOOK-01"],
    make: editing(
      (request, found) => at("GET /webhook-endpoints")(request) && found?.status === 200,
      (json) => void (json.data.items = []),
    ),
  },
  { id: "M118", breaks: "the metadata service is taken as a receiver", kills: ["HOOK-02"], make: taking(/169\.254\.169\.254\/latest/) },
  { id: "M245", breaks: "addresses in other notations are not recognised", kills: ["HOOK-02"], make: taking(/2852039166|0xA9FEA9FE/i) },
  {
    id: "M246",
    breaks: "an endpoint may be moved where it could not be registered",
    kills: ["HOOK-02"],
    make: asking(
      (request) => at("PATCH /webhook-endpoints/*")(request) && /169\.254/.test(jsonOf(request)?.url ?? ""),
      (request) => withBody(request, { url: "https://example.com/moved" }),
    ),
  },
  {
    id: "M247",
    breaks: "user.updated is never delivered",
    kills: ["HOOK-03"],
    also: ["HOOK-06"],
    make: relayed(async (hook, post) => (typeOf(hook) === "user.updated" ? DONE : await post(hook))),
  },
  {
    id: "M248",
    breaks: "a delivery that comes twice has two webhook-ids",
    kills: ["HOOK-03"],
    make: relayed(async (hook, post) => {
      await post(signed(withHeader(hook, "webhook-id", "evt_another")));
      return await post(hook);
    }),
  },
  {
    id: "M249",
    breaks: "bodies have no timestamp",
    kills: ["HOOK-03"],
    make: relayed(async (hook, post) => {
      const { timestamp: _, ...rest } = jsonOf(hook);
      return await post(signed({ ...hook, body: Buffer.from(JSON.stringify(rest)) }));
    }),
  },
  {
    id: "M250",
    breaks: "bodies are sent as text",
    kills: ["HOOK-03"],
    make: relayed(async (hook, post) => await post(withHeader(hook, "content-type", "text/plain"))),
  },
  {
    id: "M83",
    breaks: "signed is JSON written again, not what is sent",
    kills: ["HOOK-04"],
    also: ["HOOK-09"],
    make: relayed(async (hook, post) => await post({ ...hook, body: Buffer.from(JSON.stringify(jsonOf(hook), null, 1)) })),
  },
  {
    id: "M251",
    breaks: "the timestamp is not signed",
    kills: ["HOOK-04"],
    also: ["HOOK-09"],
    make: relayed(async (hook, post) => await post(signed(hook, `${hook.headers["webhook-id"]}.${hook.body}`))),
  },
  {
    id: "M252",
    breaks: "the timestamp is in milliseconds",
    kills: ["HOOK-04"],
    also: ["HOOK-09"],
    make: relayed(async (hook, post) => await post(signed(withHeader(hook, "webhook-timestamp", String(Date.now()))))),
  },
  {
    id: "M253",
    breaks: "a webhook is sent once, whatever is answered",
    kills: ["HOOK-05"],
    make: relayed(async (hook, post) => {
      await post(hook);
      return DONE;
    }),
  },
  { id: "M254", breaks: "it is sent again every minute", kills: ["HOOK-05"], make: retrying(Array.from({ length: 100 }, () => 60_000)) },
  {
    id: "M255",
    breaks: "each attempt has a webhook-id of its own",
    kills: ["HOOK-05"],
    make: retrying([5000, 60_000, 3_600_000], (hook, attempt) =>
      withHeader(hook, "webhook-id", `${hook.headers["webhook-id"]}-${attempt}`),
    ),
  },
  {
    id: "M256",
    breaks: "a 2xx is not believed: it is sent again",
    kills: ["HOOK-05"],
    make: relayed(async (hook, post) => {
      await post(hook);
      return { status: 500 };
    }),
  },
  {
    id: "M86",
    breaks: "a transfer that failed is announced",
    kills: ["HOOK-06"],
    make: announcing(422),
  },
  {
    id: "M269",
    breaks: "a transfer that was throttled is announced",
    kills: ["HOOK-06"],
    world: "limited",
    make: announcing(429),
  },
  {
    id: "M257",
    breaks: "every endpoint gets everything",
    kills: ["HOOK-06"],
    make: () => async (request, forward) => {
      const relayedRequest = create(request) ? withBody(request, { ...jsonOf(request), enabled_events: ["*"] }) : request;
      const found = await forward(relayedRequest);
      return create(request) && found.status === 201
        ? edited(found, (json) => void (json.data.enabled_events = jsonOf(request).enabled_events))
        : found;
    },
  },
  {
    id: "M258",
    breaks: "deleting an endpoint is answered, and not done",
    kills: ["HOOK-06"],
    also: ["HOOK-01"],
    make: () => async (request, forward) =>
      at("DELETE /webhook-endpoints/*")(request)
        ? { ...(await forward({ ...request, method: "GET" })), status: 204, body: Buffer.alloc(0) }
        : await forward(request),
  },
  {
    id: "M259",
    breaks: "the secret is shown whenever an endpoint is read",
    kills: ["HOOK-07"],
    make: secretShown((request) => one(request)),
  },
  {
    id: "M260",
    breaks: "the list shows secrets",
    kills: ["HOOK-07"],
    make: secretShown((request) => at("GET /webhook-endpoints")(request)),
  },
  {
    id: "M261",
    breaks: "the API waits for its receivers",
    kills: ["HOOK-08"],
    make: (here): Handler => {
      let hanging: string | null = null;
      const handler = relayed(async (hook, post) => {
        hanging ??= hook.url;
        const told = await post(hook).catch(() => ({ status: 504 }));
        if (hanging === hook.url) hanging = null;
        return told;
      })(here);
      return async (request, forward) => {
        const found = await handler(request, forward);
        if (at("PATCH /users/*")(request) && hanging) await new Promise((resolve) => setTimeout(resolve, 5200));
        return found;
      };
    },
  },
  {
    id: "M262",
    breaks: "410 is a failure like another",
    kills: ["HOOK-08"],
    make: relayed(async (hook, post) => {
      const told = await post(hook);
      return told.status === 410 ? { status: 500 } : told;
    }),
  },
  {
    id: "M263",
    breaks: "redirections are followed",
    kills: ["HOOK-08"],
    make: relayed(async (hook, post) => {
      const told = await post(hook);
      return told.location ? await post({ ...hook, url: told.location }) : told;
    }),
  },
  {
    id: "M264",
    breaks: "a rotation ends the old secret at once",
    kills: ["HOOK-09"],
    make: relayed(async (hook, post) => await post(signed(hook))),
  },
  {
    id: "M265",
    breaks: "a rotation gives a secret that does not sign",
    kills: ["HOOK-09"],
    make: editing(
      (request, found) => at("POST /webhook-endpoints/*/rotate-secret")(request) && found?.status === 200,
      (json) => void (json.data.secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`),
    ),
  },
  {
    id: "M266",
    breaks: "a test event comes only where it was asked for",
    kills: ["HOOK-10"],
    make: relayed(async (hook, post) => (typeOf(hook) === "webhook.test" ? DONE : await post(hook))),
  },
  {
    id: "M267",
    breaks: "deliveries never succeed in the list",
    kills: ["HOOK-10"],
    make: editing(
      (request, found) => at("GET /webhook-endpoints/*/deliveries")(request) && found?.status === 200,
      (json) => {
        for (const each of json.data.items) each.status = "pending";
      },
    ),
  },
  {
    id: "M268",
    breaks: "delivered again it has a new webhook-id",
    kills: ["HOOK-10"],
    make: (here): Handler => {
      let again = 0;
      const handler = relayed(async (hook, post) => {
        return again > 0 ? await post(signed(withHeader(hook, "webhook-id", `evt_again_${again}`))) : await post(hook);
      })(here);
      return async (request, forward) => {
        if (at("POST /webhook-endpoints/*/deliveries/*/redeliver")(request)) again += 1;
        return await handler(request, forward);
      };
    },
  },
];

/** Puts the secrets of all endpoints into answers. */
function secretShown(when: (request: Received) => boolean): NonNullable<Mutant["make"]> {
  return (): Handler => {
    const secrets = new Map<string, string>();
    return async (request, forward) => {
      const found = await forward(request);
      const { data } = jsonOf(found) ?? {};
      if (create(request) && data?.secret) secrets.set(data.id, data.secret);
      if (!when(request) || found.status !== 200) return found;
      return edited(found, (json) => {
        for (const each of json.data.items ?? [json.data]) each.secret = secrets.get(each.id) ?? null;
      });
    };
  };
}

/** Tells of a transfer that was answered with this status as of one that was made: late, before the next event. */
function announcing(status: number): NonNullable<Mutant["make"]> {
  return (here): Handler => {
    let refused = false;
    const handler = relayed(async (hook, post) => {
      if (typeOf(hook) !== "token.transaction.created") return await post(hook);
      if (refused) {
        const event = jsonOf(hook);
        event.data.id = "txn_01M1E4VNE00C1Z66Z2XVGNZH9K";
        await post(signed({ ...hook, body: Buffer.from(JSON.stringify(event)) }));
      }
      return await post(hook);
    })(here);
    return async (request, forward) => {
      const found = await handler(request, forward);
      if (at("POST /tokens/transfer")(request) && found.status === status) refused = true;
      return found;
    };
  };
}
