/** SANDBOX.md §1 to §3: what is seen of a sandbox is the same in the process, over HTTP and on the command line. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RequestQuery } from "../../emulator/sandbox.ts";
import { command } from "../cli/processes.ts";
import { type Api, api, newKey, newUser, person, type World, world } from "../http/client.ts";
import { newFolder } from "../http/folder.ts";

vi.setConfig({ testTimeout: 120_000 });

let here: World;
let origin: string;
let other: { id: string; secret: string };
let reader: Api;
beforeAll(async () => {
  here = await world();
  origin = await here.sandbox.listen();
  other = await newKey(here.api, ["users:read"]);
  reader = here.api.as(other.secret);
  await history();
});
afterAll(() => here.sandbox.close());

/** Some requests of every kind; the id of the mint. */
async function history(): Promise<string> {
  const user = await newUser(here.api);
  const mint = () => here.api.post("/tokens/mint", { user_id: user.id, amount: "5" }).set("Idempotency-Key", user.id);
  const { headers } = await mint().expect(201);
  await mint().expect(201);
  await here.api.post("/tokens/mint", { user_id: user.id, amount: "0" }).expect(422);
  await reader.get(`/users/${user.id}`).expect(200);
  await reader.post("/users", person()).expect(403);
  await here.api.as(null).get("/users").expect(401);
  await here.api.get("/nothing").expect(404);
  await here.api.put("/users", {}).expect(405);
  return headers["request-id"] as string;
}

const control = async <T>(method: string, path: string): Promise<T> => {
  const response = await fetch(`${origin}/_sandbox${path}`, { method });
  const { data, error } = (await response.json()) as { data: T; error?: { code: string } };
  if (error) throw new Error(error.code);
  return data;
};

const cli = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await command([...args, "--url", `${origin}/_sandbox`], { cwd: newFolder() });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
};

/** The flags of the command line for a filter. */
const flags: Record<string, string> = { operationId: "--operation", api_key: "--api-key" };
const asFlags = (query: object) =>
  Object.entries(query).flatMap(([name, value]) => [flags[name] ?? `--${name}`, ...(value === true ? [] : [`${value}`])]);
const asQuery = (query: object) =>
  String(new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`])));

const FILTERS: Record<string, () => RequestQuery> = {
  all: () => ({}),
  "an operation": () => ({ operationId: "mintTokens" }),
  "a method": () => ({ method: "put" }),
  "a path": () => ({ path: "/v1/users" }),
  "a path of the document": () => ({ path: "/users/{user_id}" }),
  "a path with a star": () => ({ path: "/v1/tokens/*" }),
  "a status": () => ({ status: 422 }),
  "a class of statuses": () => ({ status: "4XX" }),
  "a code": () => ({ code: "INSUFFICIENT_SCOPE" }),
  "the id of a key": () => ({ api_key: other.id }),
  "the secret of a key": () => ({ api_key: other.secret }),
  "since a request": () => ({ since: here.sandbox.requests.list({ limit: 3 }).at(-1)?.request_id as string }),
  "since a duration": () => ({ since: "10m" }),
  "since an instant to come": () => ({ since: "9999-01-01T00:00:00Z" }),
  "a limit": () => ({ limit: 2 }),
  "several at once": () => ({ operationId: "createUser", status: 403 }),
};

const COUNTS: Record<string, number> = {
  all: 10,
  "an operation": 3,
  "a method": 1,
  "a path": 4,
  "a path of the document": 1,
  "a path with a star": 3,
  "a status": 1,
  "a class of statuses": 5,
  "a code": 1,
  "the id of a key": 2,
  "the secret of a key": 2,
  "since a request": 2,
  "since a duration": 10,
  "since an instant to come": 0,
  "a limit": 2,
  "several at once": 1,
};

describe.each(Object.keys(FILTERS))("requests by %s", (name) => {
  it("in the process, over HTTP, on the command line", async () => {
    const query = FILTERS[name]?.() as RequestQuery;
    const listed = here.sandbox.requests.list(query);
    expect(listed).toHaveLength(COUNTS[name] as number);
    expect((await control<{ items: unknown[] }>("GET", `/requests?${asQuery(query)}`)).items).toEqual(listed);
    const lines = await cli("requests", "list", "--format", "json", ...asFlags(query));
    expect(lines === "" ? [] : lines.split("\n").map((line) => JSON.parse(line))).toEqual(listed);
    const { limit: _, ...filter } = query;
    const count = here.sandbox.requests.count(filter);
    expect(count).toBe(here.sandbox.requests.list(filter).length);
    expect(await control("GET", `/requests/count?${asQuery(filter)}`)).toEqual({ count });
    expect(await cli("requests", "count", ...asFlags(filter))).toBe(String(count));
  });
});

it("a trace", async () => {
  const [mint] = here.sandbox.requests.list({ operationId: "mintTokens", status: 201 }).slice(-1);
  const trace = here.sandbox.trace(mint?.request_id as string);
  expect(trace.request).toEqual(mint);
  expect(await control("GET", `/requests/${mint?.request_id}/trace`)).toEqual(trace);
  expect(JSON.parse(await cli("trace", mint?.request_id as string, "--format", "json"))).toEqual(trace);
  const text = await cli("trace", mint?.request_id as string);
  expect(text).toMatch(/├─ transaction 0x\w+ {2}token\.mint {2}confirmed in block \d+\n│ {2}└─ token\.Transfer .* amount 5 GETS\n/);
});

it("coverage", async () => {
  const coverage = here.sandbox.coverage();
  expect(coverage.operations.met).toBe(4);
  expect(await control("GET", "/coverage")).toEqual(coverage);
  expect(JSON.parse(await cli("coverage", "--format", "json"))).toEqual(coverage);
  await expect(cli("coverage", "--fail-under", "99")).rejects.toThrow(`has met ${coverage.percent} % of the API, less than 99 %`);
  expect(await cli("coverage", "--fail-under", String(coverage.percent))).toContain(
    "Operations that never succeeded:\n  listUsers  GET /v1/users",
  );
});

describe("what cannot be", () => {
  it.each<[string, RequestQuery, string]>([
    ["a status", { status: "6XX" }, "INVALID_REQUEST"],
    ["a limit", { limit: 0 }, "INVALID_REQUEST"],
    ["an instant", { since: "yesterday" }, "INVALID_REQUEST"],
    ["a request", { since: "req_gone" }, "REQUEST_NOT_FOUND"],
    ["a key", { api_key: "gets_test_unknown" }, "API_KEY_NOT_FOUND"],
  ])("%s is refused at every door", async (_what, query, code) => {
    expect(() => here.sandbox.requests.list(query)).toThrow(expect.objectContaining({ code }));
    await expect(control("GET", `/requests?${asQuery(query)}`)).rejects.toThrow(code);
    await expect(cli("requests", "list", ...asFlags(query))).rejects.toThrow(code);
  });

  it("an unknown filter, an unknown request, a percentage", async () => {
    await expect(control("GET", "/requests?colour=red")).rejects.toThrow("UNKNOWN_PARAMETER");
    await expect(control("GET", "/requests/req_gone/trace")).rejects.toThrow("REQUEST_NOT_FOUND");
    await expect(cli("trace", "req_gone")).rejects.toThrow("REQUEST_NOT_FOUND");
    const { code, stderr } = await command(["coverage", "--fail-under", "all"], { cwd: newFolder() });
    expect([code, stderr]).toEqual([2, expect.stringContaining("a percentage from 0 to 100")]);
  });
});

describe("clearing", () => {
  it.each<[string, () => unknown]>([
    ["in the process", () => here.sandbox.requests.clear()],
    ["over HTTP", () => control("DELETE", "/requests")],
    ["on the command line", () => cli("requests", "clear")],
    ["by a reset", () => here.sandbox.reset()],
  ])("%s", async (_door, clear) => {
    const client = api(here.sandbox.app, here.sandbox.apiKey);
    const { headers } = await client.get("/users").expect(200);
    await clear();
    expect(here.sandbox.requests.list()).toEqual([]);
    expect(() => here.sandbox.trace(headers["request-id"] as string)).toThrow(expect.objectContaining({ code: "REQUEST_NOT_FOUND" }));
    await client.get("/users").expect(200);
    expect(here.sandbox.requests.count()).toBe(1);
    expect(here.sandbox.coverage().operations.met).toBe(5);
  });
});
