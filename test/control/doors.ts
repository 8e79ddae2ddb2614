import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import request from "supertest";
import type { ApiKey } from "../../emulator/model/api-key.ts";
import type { Fault } from "../../emulator/model/fault.ts";
import type { Coverage, LoggedRequest, RequestFilter, RequestQuery, Trace } from "../../emulator/sandbox.ts";
import type { World } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";
import { served } from "../support/served.ts";
import { exportOver, importOver } from "../support/transfer.ts";

/** What can be done to a sandbox beside its API, by whichever way. A refusal throws its code or its sentence. */
export interface Door {
  reset(): Promise<unknown>;
  save(name: string): Promise<unknown>;
  restore(name: string): Promise<unknown>;
  drop(name: string): Promise<unknown>;
  snapshots(): Promise<string[]>;
  clock(): Promise<string>;
  advance(by: string): Promise<unknown>;
  set(to: string): Promise<unknown>;
  freeze(): Promise<unknown>;
  run(): Promise<unknown>;
  leave(hour: number): Promise<unknown>;
  /** Requests left to the default key in this hour; null when it is not metered. */
  left(): Promise<number | null>;
  mine(blocks: number): Promise<unknown>;
  addFault(fault: Fault & { operationId: string; error: { code: string }; times: number }): Promise<unknown>;
  /** How often each has happened. */
  fired(): Promise<number[]>;
  clearFaults(): Promise<unknown>;
  healthy(): Promise<boolean>;
  seed(fixture: string): Promise<unknown>;
  export(): Promise<string>;
  import(yaml: string): Promise<unknown>;
  /** Returns the secret. It may read users. */
  createKey(name: string): Promise<string>;
  revokeKey(id: string): Promise<unknown>;
  /** Returns the secret of a session that may read users. */
  openSession(): Promise<string>;
  /** Newest first. */
  keys(): Promise<{ id: string; name: string; revoked: boolean }[]>;
  list(query: RequestQuery): Promise<LoggedRequest[]>;
  count(filter: RequestFilter): Promise<number>;
  clear(): Promise<unknown>;
  trace(requestId: string): Promise<Trace>;
  coverage(): Promise<Coverage>;
}

/** The ways into a sandbox that listens. */
export const DOORS: Readonly<Record<string, (here: World) => Door>> = {
  "in process": inProcess,
  "over HTTP": overHttp,
  "by the command line": byCommandLine,
};

function asQuery(query: object): string {
  return String(new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`])));
}

/** The flags of the command line for a filter. */
function asFlags(query: object): string[] {
  const flags: Record<string, string> = { operationId: "--operation", api_key: "--api-key" };
  return Object.entries(query).flatMap(([name, value]) => [flags[name] ?? `--${name}`, `${value}`]);
}

function inProcess({ sandbox }: World): Door {
  return {
    reset: () => sandbox.reset(),
    save: (name) => sandbox.snapshot(name),
    restore: (name) => sandbox.restore(name),
    drop: async (name) => sandbox.deleteSnapshot(name),
    snapshots: async () => sandbox.snapshots().map(({ name }) => name),
    clock: async () => Object.values(sandbox.clock.show()).join(" "),
    advance: (by) => sandbox.clock.advance(by),
    set: (to) => sandbox.clock.set(to),
    freeze: () => sandbox.clock.freeze(),
    run: () => sandbox.clock.run(),
    leave: async (remaining) => sandbox.limits.set(sandbox.apiKey, { hour: { remaining } }),
    left: async () => sandbox.limits.show(sandbox.apiKey)?.find(({ policy }) => policy.name === "hour")?.r ?? null,
    mine: (blocks) => sandbox.chain.mine(blocks),
    addFault: async (fault) => sandbox.faults.add(fault),
    fired: async () => sandbox.faults.list().map(({ fired }) => fired),
    clearFaults: async () => sandbox.faults.clear(),
    healthy: async () => (await sandbox.doctor()).every(({ problems }) => problems.length === 0),
    seed: (fixture) => sandbox.seed(fixture),
    export: () => sandbox.export(),
    import: (yaml) => sandbox.import(yaml),
    createKey: async (name) => (await sandbox.keys.create({ name, scopes: ["users:read"] })).secret as string,
    revokeKey: (id) => sandbox.keys.revoke(id),
    openSession: async () => sandbox.keys.session(["users:read"]).secret,
    keys: async () => sandbox.keys.list().items.map(({ id, name, revoked_at }) => ({ id, name, revoked: revoked_at !== null })),
    list: async (query) => sandbox.requests.list(query),
    count: async (filter) => sandbox.requests.count(filter),
    clear: async () => sandbox.requests.clear(),
    trace: async (id) => sandbox.trace(id),
    coverage: async () => sandbox.coverage(),
  };
}

function overHttp({ sandbox }: World): Door {
  const keyId = sandbox.keys.list().items[0]?.id;
  const send = async (method: "get" | "post" | "put" | "delete", path: string, body?: object) => {
    const { body: answer } = await request(served(sandbox.app))[method](`/_sandbox${path}`).send(body);
    if (answer.status !== "success") throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer.data;
  };
  return {
    reset: () => send("post", "/reset"),
    save: (name) => send("post", "/snapshots", { name }),
    restore: (name) => send("post", `/snapshots/${name}/restore`),
    drop: (name) => send("delete", `/snapshots/${name}`),
    snapshots: async () => (await send("get", "/snapshots")).items.map(({ name }: { name: string }) => name),
    clock: async () => Object.values(await send("get", "/clock")).join(" "),
    advance: (by) => send("post", "/clock/advance", { by }),
    set: (to) => send("post", "/clock/advance", { to }),
    freeze: () => send("post", "/clock/freeze"),
    run: () => send("post", "/clock/run"),
    leave: (remaining) => send("put", `/rate-limits/${keyId}`, { hour: { remaining } }),
    left: async () => (await send("get", `/rate-limits/${keyId}`))?.hour.remaining ?? null,
    mine: (blocks) => send("post", "/chain/mine", { blocks }),
    addFault: (fault) => send("post", "/faults", fault),
    fired: async () => (await send("get", "/faults")).items.map(({ fired }: { fired: number }) => fired),
    clearFaults: () => send("delete", "/faults"),
    healthy: async () => (await send("get", "/doctor")).healthy,
    seed: (fixture) => send("post", "/seed", { fixture }),
    export: () => exportOver(sandbox.app),
    async import(yaml) {
      const { body } = await importOver(sandbox.app, yaml);
      if (body.status !== "success") throw new Error(`${body.error.code}: ${body.error.message}`);
      return body.data;
    },
    createKey: async (name) => (await send("post", "/keys", { name, scopes: ["users:read"] })).secret,
    revokeKey: (id) => send("delete", `/keys/${id}`),
    openSession: async () => (await send("post", "/session", { scopes: ["users:read"] })).secret,
    keys: async () =>
      (await send("get", "/keys")).items.map(({ id, name, revoked_at }: ApiKey) => ({ id, name, revoked: revoked_at !== null })),
    list: async (query) => (await send("get", `/requests?${asQuery(query)}`)).items,
    count: async (filter) => (await send("get", `/requests/count?${asQuery(filter)}`)).count,
    clear: () => send("delete", "/requests"),
    trace: (id) => send("get", `/requests/${id}/trace`),
    coverage: () => send("get", "/coverage"),
  };
}

function byCommandLine({ sandbox }: World): Door {
  const cwd = newFolder();
  const keyId = sandbox.keys.list().items[0]?.id;
  const run = async (line: string, ...more: string[]) => {
    const { code, stdout, stderr } = await clientCommand([...line.split(" "), ...more, "--url", sandbox.info().urls.control as string], {
      cwd,
    });
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const linesOf = (text: string) => text.split("\n").filter((each) => each !== "");
  const listed = async (line: string) => linesOf(await run(line));
  return {
    reset: () => run("reset"),
    save: (name) => run(`snapshot save ${name}`),
    restore: (name) => run(`snapshot restore ${name}`),
    drop: (name) => run(`snapshot delete ${name}`),
    snapshots: async () => (await listed("snapshot list")).map((line) => line.split("  ")[1] as string),
    clock: async () => (await run("clock show")).replace("  ", " "),
    advance: (by) => run(`clock advance ${by}`),
    set: (to) => run(`clock set ${to}`),
    freeze: () => run("clock freeze"),
    run: () => run("clock run"),
    leave: (remaining) => run(`limits set ${sandbox.apiKey} --hour ${remaining}`),
    left: async () => {
      const [, left] = /hour: (\d+) of/.exec(await run(`limits show ${keyId}`)) ?? [];
      return left === undefined ? null : Number(left);
    },
    mine: (blocks) => run(`mine ${blocks}`),
    addFault: ({ operationId, times, error, api_key }) =>
      run(
        `faults add --operation ${operationId} --times ${times} --code ${error.code}${api_key === undefined ? "" : ` --api-key ${api_key}`}`,
      ),
    fired: async () => (await listed("faults list")).map((line) => Number(/fired (\d+)/.exec(line)?.[1])),
    clearFaults: () => run("faults clear"),
    healthy: async () => !(await run("doctor")).includes("BROKEN"),
    seed: (fixture) => run(`seed ${fixture}`),
    async export() {
      await run("export state.yaml");
      return readFileSync(join(cwd, "state.yaml"), "utf8");
    },
    async import(yaml) {
      writeFileSync(join(cwd, "state.yaml"), yaml);
      return await run("import state.yaml");
    },
    createKey: (name) => run(`keys create ${name} --scopes users:read`),
    revokeKey: (id) => run(`keys revoke ${id}`),
    openSession: () => run("keys session --scopes users:read"),
    keys: async () =>
      (await listed("keys list")).map((line) => {
        const [id = "", , state, name = ""] = line.split(/ {2,}/);
        return { id, name, revoked: state === "revoked" };
      }),
    list: async (query) => linesOf(await run("requests list --format json", ...asFlags(query))).map((line) => JSON.parse(line)),
    count: async (filter) => Number(await run("requests count", ...asFlags(filter))),
    clear: () => run("requests clear"),
    trace: async (id) => JSON.parse(await run(`trace ${id} --format json`)),
    coverage: async () => JSON.parse(await run("coverage --format json")),
  };
}
