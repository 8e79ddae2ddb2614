/**
 * One client's life with a sandbox: something of every kind, over HTTP, as records of what was answered and of the chain's blocks.
 *
 *     RECEIVER=http://127.0.0.1:3000/hooks getsmart-sandbox exec --seed 1 -- node test/in-process/tale.ts
 */
export interface Place {
  /** Ends in /v1. */
  readonly base: string;
  readonly key: string;
  readonly control: string;
  readonly rpc: string;
  /** A receiver of webhooks. */
  readonly receiver: string;
}

/** What was answered to a request such as `POST /users`. */
export interface Answer {
  readonly request: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Tale {
  /** In order. */
  readonly answers: readonly Answer[];
  /** The whole state at the end, as the control plane exports it. */
  readonly export: string;
  readonly blocks: readonly string[];
}

type Data = Record<string, unknown> & { readonly id: string };
type Client = (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Data>;

if (import.meta.main) {
  const { GETSMART_BASE_URL, GETSMART_API_KEY, GETSMART_CONTROL_URL, GETSMART_RPC_URL, RECEIVER } = process.env as Record<string, string>;
  const place = {
    base: GETSMART_BASE_URL,
    key: GETSMART_API_KEY,
    control: GETSMART_CONTROL_URL,
    rpc: GETSMART_RPC_URL,
    receiver: RECEIVER,
  };
  console.log(JSON.stringify(await tell(place as unknown as Place)));
}

/** `interlude`: done in the midst of it; the tale goes on where it says. */
export async function tell(place: Place, interlude: () => Promise<Place> = async () => place): Promise<Tale> {
  let here = place;
  const answers: Answer[] = [];
  const send = async (url: string, path: string, init: RequestInit): Promise<string> => {
    const answer = await fetch(url + path, init);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const body = answer.headers.get("content-type")?.startsWith("image/") ? bytes.toString("base64") : bytes.toString();
    answers.push({ request: `${init.method} ${path}`, status: answer.status, headers: lasting(answer.headers), body });
    return body;
  };
  const json = (body?: object) => (body === undefined ? {} : { body: JSON.stringify(body) });
  const call: Client = async (method, path, body, more = {}) => {
    const headers = { authorization: `Bearer ${here.key}`, "content-type": "application/json", ...more };
    const text = await send(here.base, path, { method, headers, ...json(body) });
    return text.startsWith("{") ? JSON.parse(text).data : {};
  };
  /** Time stands still until it is moved; then deliveries and retries that are due are made, and waited for. */
  const advance = (by: string) =>
    send(here.control, "/clock/advance", { method: "POST", headers: { "content-type": "application/json" }, ...json({ by }) });

  await call("POST", "/webhook-endpoints", { url: here.receiver });
  const people = await tokens(call);
  const award = await badges(call, people);
  here = await interlude();
  await achievements(call, people.learner);
  await verification(call, award);
  await errors(call);
  await advance("100d");
  await webhooks(call, () => advance("1h"));
  for (const list of ["/users", "/tokens/transactions", "/badges", "/awards", "/achievements", "/events", "/api-keys", "/meta"]) {
    await call("GET", `${list}${list === "/meta" ? "" : "?limit=100"}`);
  }
  const exported = await fetch(`${here.control}/export`);
  if (exported.status !== 200) throw new Error(`the export answered ${exported.status}: ${await exported.text()}`);
  return { answers, export: await exported.text(), blocks: await blocksOf(here.rpc) };
}

async function tokens(call: Client) {
  const sponsor = await call("POST", "/users", { email: "sponsor@example.com", display_name: "Sponsor", roles: ["sponsor"] });
  const learner = await call("POST", "/users", { email: "ada@example.com", display_name: "Ada" }, { "idempotency-key": "ada" });
  await call("POST", "/users", { email: "ada@example.com", display_name: "Ada" }, { "idempotency-key": "ada" });
  for (const name of ["bo", "cy", "di"]) await call("POST", "/users", { email: `${name}@example.com`, display_name: name });
  await call("PATCH", `/users/${learner.id}`, { display_name: "Ada Lovelace", metadata: { class: "7b", age: "12" } });
  await call("POST", "/tokens/mint", { user_id: sponsor.id, amount: "1000" });
  await call("POST", "/tokens/transfer", { from_user_id: sponsor.id, to_user_id: learner.id, amount: "12.5" });
  await call("POST", "/tokens/burn", { user_id: learner.id, amount: "0.000000000000000001" });
  await call("GET", `/users/${learner.id}/balance`);
  await call("GET", "/tokens");
  const page = await call("GET", "/users?limit=2");
  await call("GET", `/users?limit=2&cursor=${page.next_cursor}`);
  const { id } = await call("POST", "/api-keys", { name: "CI", scopes: ["users:read"] });
  await call("POST", `/api-keys/${id}/roll`, {});
  return { sponsor, learner };
}

async function badges(call: Client, { sponsor, learner }: { sponsor: Data; learner: Data }): Promise<Data> {
  const criteria = { narrative: "Explain an event of the past to your class." };
  const template = {
    sponsor_id: sponsor.id,
    title: "History Hero",
    description: "For time travellers.",
    criteria,
    reward: { amount: "5" },
  };
  const badge = await call("POST", "/badges", template);
  await call("POST", `/badges/${badge.id}/publish`);
  const award = await call("POST", `/badges/${badge.id}/applications`, { recipient_id: learner.id });
  await call("POST", `/awards/${award.id}/approve`);
  await call("POST", `/awards/${award.id}/claim`);
  const open = await call("POST", "/badges", { ...template, title: "Unclaimed" });
  await call("POST", `/badges/${open.id}/publish`);
  const late = await call("POST", `/badges/${open.id}/applications`, { recipient_id: learner.id });
  await call("POST", `/awards/${late.id}/approve`);
  return award;
}

async function achievements(call: Client, learner: Data): Promise<void> {
  const requirements = [{ id: "questions", name: "Answer questions", target: 10 }];
  const { id } = await call("POST", "/achievements", {
    code: "m-1",
    name: "Mission 1",
    description: "Ask.",
    kind: "mission",
    requirements,
  });
  for (const value of [4, 6]) {
    await call("POST", `/users/${learner.id}/achievements/${id}/progress`, {
      updates: [{ requirement_id: "questions", mode: "increment", value }],
    });
  }
  await call("GET", `/users/${learner.id}/achievements`);
}

async function verification(call: Client, { id }: Data): Promise<void> {
  const award = await call("GET", `/awards/${id}`);
  await call("POST", "/badges/verify", { award_id: id });
  await call("GET", `/verify/${award.gets_id}`, undefined, { accept: "text/html" });
  await call("GET", `/awards/${id}/credential`);
  await call("GET", `/awards/${id}/image`);
  await call("GET", "/jwks.json");
  await call("POST", `/awards/${id}/revoke`, { reason: "A mistake." });
  await call("GET", "/credential-revocations");
}

async function errors(call: Client): Promise<void> {
  await call("POST", "/users", { email: "no address" });
  await call("GET", "/users/usr_00000000000000000000000000");
  await call("GET", "/users", undefined, { authorization: "Bearer nobody" });
  await call("DELETE", "/tokens");
  await call("GET", "/nowhere");
  await call("POST", "/users", { email: "other@example.com", display_name: "Other" }, { "idempotency-key": "ada" });
}

async function webhooks(call: Client, later: () => Promise<unknown>): Promise<void> {
  const { items } = (await call("GET", "/webhook-endpoints")) as unknown as { items: Data[] };
  const path = `/webhook-endpoints/${items[0]?.id}`;
  await call("POST", `${path}/rotate-secret`, {});
  await call("POST", `${path}/test`, {});
  await later();
  await call("GET", `${path}/deliveries?limit=100`);
}

/** All but what Node says of the connection and of real time. */
function lasting(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !["date", "connection", "keep-alive"].includes(name)));
}

/** Every block of the chain, from the first. */
async function blocksOf(rpc: string): Promise<string[]> {
  const ask = async (method: string, ...params: unknown[]) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const answer = await fetch(rpc, { method: "POST", headers: { "content-type": "application/json" }, body });
    return ((await answer.json()) as { result: unknown }).result;
  };
  const last = Number(await ask("eth_blockNumber"));
  const blocks: string[] = [];
  for (let n = 0; n <= last; n++) blocks.push(JSON.stringify(await ask("eth_getBlockByNumber", `0x${n.toString(16)}`, true)));
  return blocks;
}
