/** SANDBOX.md: three ways in, one engine. The same table through each door: in process, over HTTP, and by the command line. */
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Fault } from "../../emulator/model/fault.ts";
import { command } from "../cli/processes.ts";
import { newUser, refusal, type World, world } from "../http/client.ts";
import { newFolder } from "../http/folder.ts";

vi.setConfig({ testTimeout: 120_000 });

interface Door {
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
}

let here: World;
let keyId: string;
const folder = newFolder();

const DOORS: Record<string, () => Door> = {
  "in process": inProcess,
  "over HTTP": overHttp,
  "by the command line": byCommandLine,
};

describe.each(Object.entries(DOORS))("%s", (_, open) => {
  let door: Door;
  beforeAll(async () => {
    here = await world({ seed: 1 });
    keyId = here.sandbox.keys.list().items[0]?.id as string;
    await here.sandbox.listen();
    door = open();
  });
  afterAll(() => here.sandbox.close());

  const users = async () => (await here.api.get("/users?limit=100").expect(200)).body.data.items.length;

  it("reset: what was made is gone, and quotas and faults with it", async () => {
    await newUser(here.api);
    await door.leave(50);
    await door.addFault({ operationId: "getUser", times: 1, error: { code: "INTERNAL_ERROR" } });
    await door.reset();
    expect([await users(), await door.left(), await door.fired()]).toEqual([0, null, []]);
  });

  it("snapshots: saved, listed, restored more than once, deleted", async () => {
    await door.save("empty");
    await newUser(here.api);
    await door.save("one");
    for (const [name, count] of [
      ["empty", 0],
      ["one", 1],
      ["empty", 0],
    ] as const) {
      await door.restore(name);
      expect([name, await users()]).toEqual([name, count]);
    }
    expect(await door.snapshots()).toEqual(["empty", "one"]);
    await door.drop("one");
    expect(await door.snapshots()).toEqual(["empty"]);
    await expect(door.restore("one")).rejects.toThrow(/no snapshot named "one"/);
    await door.drop("empty");
  });

  it("the clock: frozen, skipped, set, run; never back", async () => {
    await door.freeze();
    await door.set("2027-01-01T00:00:00Z");
    await door.advance("1d12h");
    expect(await door.clock()).toBe("2027-01-02T12:00:00.000Z frozen");
    await expect(door.set("2026-06-01T00:00:00Z")).rejects.toThrow(/only goes forward/);
    await door.run();
    expect(await door.clock()).toMatch(/^2027-01-02T12:0\S+ running$/);
    await door.reset();
    expect(await door.clock()).toBe("2026-01-01T00:00:00.000Z frozen");
  });

  it("quotas", async () => {
    expect(await door.left()).toBeNull();
    await door.leave(1);
    await here.api.get("/users").expect(200);
    await here.api.get("/users").expect(refusal("RATE_LIMIT_EXCEEDED"));
    expect(await door.left()).toBe(0);
    await door.reset();
  });

  it("blocks", async () => {
    const before = here.sandbox.info().chain.block_number;
    await door.mine(3);
    expect(here.sandbox.info().chain.block_number).toBe(before + 3);
  });

  it("faults", async () => {
    await door.addFault({ operationId: "listUsers", times: 2, error: { code: "INTERNAL_ERROR" } });
    await here.api.get("/users").expect(refusal("INTERNAL_ERROR"));
    expect(await door.fired()).toEqual([1]);
    await door.clearFaults();
    expect(await door.fired()).toEqual([]);
    await here.api.get("/users").expect(200);
    const wrong = { operationId: "listUser", times: 1, error: { code: "INTERNAL_ERROR" } };
    await expect(door.addFault(wrong)).rejects.toThrow(/did you mean listUsers\?/);
  });

  it("doctor", async () => {
    expect(await door.healthy()).toBe(true);
  });
});

function inProcess(): Door {
  const { sandbox } = here;
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
  };
}

function overHttp(): Door {
  const send = async (method: "get" | "post" | "put" | "delete", path: string, body?: object) => {
    const { body: answer } = await request(here.sandbox.app)[method](`/_sandbox${path}`).send(body);
    if (answer.status !== "success") throw new Error(answer.error.message);
    return answer.data;
  };
  return {
    reset: () => send("post", "/reset"),
    save: (name) => send("post", "/snapshots", { name }),
    restore: (name) => send("post", `/snapshots/${name}/restore`),
    drop: (name) => send("delete", `/snapshots/${name}`),
    snapshots: async () => (await send("get", "/snapshots")).map(({ name }: { name: string }) => name),
    clock: async () => Object.values(await send("get", "/clock")).join(" "),
    advance: (by) => send("post", "/clock/advance", { by }),
    set: (to) => send("post", "/clock/advance", { to }),
    freeze: () => send("post", "/clock/freeze"),
    run: () => send("post", "/clock/run"),
    leave: (remaining) => send("put", `/rate-limits/${keyId}`, { hour: { remaining } }),
    left: async () => (await send("get", `/rate-limits/${keyId}`))?.hour.remaining ?? null,
    mine: (blocks) => send("post", "/chain/mine", { blocks }),
    addFault: (fault) => send("post", "/faults", fault),
    fired: async () => (await send("get", "/faults")).map(({ fired }: { fired: number }) => fired),
    clearFaults: () => send("delete", "/faults"),
    healthy: async () => (await send("get", "/doctor")).healthy,
  };
}

function byCommandLine(): Door {
  const run = async (line: string) => {
    const { code, stdout, stderr } = await command([...line.split(" "), "--url", here.sandbox.info().urls.control as string], {
      cwd: folder,
    });
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const listed = async (line: string) => (await run(line)).split("\n").filter((each) => each !== "");
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
    leave: (remaining) => run(`limits set ${here.sandbox.apiKey} --hour ${remaining}`),
    left: async () => {
      const [, left] = /hour: (\d+) of/.exec(await run(`limits show ${keyId}`)) ?? [];
      return left === undefined ? null : Number(left);
    },
    mine: (blocks) => run(`mine ${blocks}`),
    addFault: ({ operationId, times, error }) => run(`faults add --operation ${operationId} --times ${times} --code ${error.code}`),
    fired: async () => (await listed("faults list")).map((line) => Number(/fired (\d+)/.exec(line)?.[1])),
    clearFaults: () => run("faults clear"),
    healthy: async () => !(await run("doctor")).includes("BROKEN"),
  };
}
