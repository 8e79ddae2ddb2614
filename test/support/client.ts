import { Agent, type RequestListener } from "node:http";
import request, { type Response, type Test } from "supertest";
import { expect } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import type { Sandbox, SandboxOptions } from "../../emulator/sandbox-api.ts";
import type { components } from "../../spec/types.ts";
import { problemsOf } from "./answers.ts";
import { catalogue, control } from "./contract.ts";
import { served } from "./served.ts";

/** What a client talks to: an application in this process, or the origin of a running one. */
export type Target = RequestListener | string;

export interface Api {
  get(path: string): Test;
  head(path: string): Test;
  options(path: string): Test;
  post(path: string, body?: unknown): Test;
  patch(path: string, body?: unknown): Test;
  put(path: string, body?: unknown): Test;
  delete(path: string): Test;
  /** The same with another key; null for none. */
  as(key: string | null): Api;
}

/** A connection serves many requests, as those of most clients do. */
const CONNECTIONS = new Agent({ keepAlive: true });

/** supertest keeps the place of each `expect` by an Error; here it would always be the same, and source maps make it dear. */
function withoutStack(work: () => unknown): void {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** supertest, with every answer checked against the document. Paths are below `/v1`. */
export function api(target: Target, key: string | null): Api {
  function send(method: "get" | "head" | "options" | "post" | "patch" | "put" | "delete", path: string, body?: unknown): Test {
    const call = request(typeof target === "string" ? target : served(target))[method](`/v1${path}`);
    if (typeof target !== "string") call.agent(CONNECTIONS);
    withoutStack(() => call.expect(documented(method.toUpperCase(), `/v1${path}`)));
    if (key !== null) call.set("Authorization", `Bearer ${key}`);
    if (body !== undefined) call.send(body as object);
    return call;
  }
  return {
    get: (path) => send("get", path),
    head: (path) => send("head", path),
    options: (path) => send("options", path),
    post: (path, body) => send("post", path, body),
    patch: (path, body) => send("patch", path, body),
    put: (path, body) => send("put", path, body),
    delete: (path) => send("delete", path),
    as: (other) => api(target, other),
  };
}

/** For `.expect()`: the answer is one that the document allows for this request. */
export function documented(method: string, url: string) {
  return (res: Response): void => {
    const problems = problemsOf(method, url, { status: res.status, headers: res.headers, text: res.text ?? "" });
    expect(problems, `${method} ${url} → ${res.status} ${res.text}`).toEqual([]);
  };
}

/** For `.expect()`: the answer refuses with this code, its status being the catalogue's. */
export function refusal(code: string, { param }: { param?: string | null } = {}) {
  return (res: Response): void => {
    expect([res.body?.error?.code, res.status], res.text).toEqual([code, (catalogue.get(code) ?? control.catalogue.get(code))?.status]);
    if (param !== undefined) expect(res.body.error.param, res.text).toBe(param);
  };
}

export interface World {
  readonly sandbox: Sandbox;
  readonly api: Api;
}

/** A new sandbox and a client with its default key. */
export async function world(options: SandboxOptions = {}): Promise<World> {
  const sandbox = await createSandbox(options);
  return { sandbox, api: api(sandbox.app, sandbox.apiKey) };
}

let made = 0;

/** A user's members that no other test uses. */
export function person(members: Record<string, unknown> = {}) {
  made += 1;
  return { email: `learner-${made}@example.com`, display_name: `Learner ${made}`, ...members };
}

/** The `data` of a user made just now. */
export async function newUser(client: Api, members: Record<string, unknown> = {}) {
  const { body } = await client.post("/users", person(members)).expect(201);
  return body.data;
}

/** A new user with this much GETS. */
export async function rich(client: Api, amount: string, members: Record<string, unknown> = {}) {
  const user = await newUser(client, members);
  await client.post("/tokens/mint", { user_id: user.id, amount });
  return user;
}

/** The secret of a new API key with these scopes. */
export async function newKey(client: Api, scopes: readonly string[], members: Record<string, unknown> = {}) {
  const { body } = await client.post("/api-keys", { name: "test", scopes, ...members }).expect(201);
  return body.data as { id: string; secret: string };
}

/** A badge's members; `sponsor_id` is still to be said. */
export function template(members: Record<string, unknown> = {}) {
  const criteria = { narrative: "Explain an event of the past to your class." };
  return { title: "History Hero", description: "For time travellers.", criteria, reward: { amount: "5" }, ...members };
}

export interface BadgeWorld extends World {
  readonly sponsor: { id: string; wallet: { address: string } };
  readonly learner: { id: string; wallet: { address: string } };
  /** A published badge of the sponsor. */
  badge(members?: Record<string, unknown>): Promise<{ id: string }>;
  /** The award, brought to a state by the API's own steps. */
  award(state: "applied" | "approved" | "claimed" | "rejected" | "revoked", members?: Record<string, unknown>): Promise<AwardData>;
  /** The award as it now is. */
  look(award: { id: string }): Promise<AwardData>;
}

export type AwardData = components["schemas"]["Award"];

/** A sandbox with a sponsor, who has 1000 GETS, and a learner. */
export async function badgeWorld(options: SandboxOptions = {}): Promise<BadgeWorld> {
  const here = await world(options);
  const { api, sandbox } = here;
  const sponsor = await rich(api, "1000", { roles: ["sponsor"] });
  const learner = await newUser(api);
  if (options.mining?.kind === "manual") await sandbox.chain.mine();
  const badge = async (members: Record<string, unknown> = {}) => {
    const { body } = await api.post("/badges", template({ sponsor_id: sponsor.id, ...members })).expect(201);
    await api.post(`/badges/${body.data.id}/publish`).expect(200);
    return body.data;
  };
  const look = async ({ id }: { id: string }) => (await api.get(`/awards/${id}`).expect(200)).body.data;
  const award: BadgeWorld["award"] = async (state, members = {}) => {
    const { id } = await badge(members);
    const made = (await api.post(`/badges/${id}/applications`, { recipient_id: learner.id }).expect(201)).body.data;
    if (state === "rejected") await api.post(`/awards/${made.id}/reject`, { reason: "Too short." }).expect(200);
    if (["approved", "claimed", "revoked"].includes(state)) await api.post(`/awards/${made.id}/approve`).expect(200);
    if (state === "claimed") await api.post(`/awards/${made.id}/claim`).expect(200);
    if (state === "revoked") await api.post(`/awards/${made.id}/revoke`, { reason: "A mistake." }).expect(200);
    return look(made);
  };
  return { ...here, sponsor, learner, badge, award, look };
}
