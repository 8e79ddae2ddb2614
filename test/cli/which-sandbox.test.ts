/** A command acts on the sandbox that it means, never on whatever answers at the default port, nor on one that has taken its port. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { newUser, type World, world } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";
import { LAUNCHER } from "../support/package.ts";
import { background, shell } from "../support/processes.ts";
import { Receiver } from "../support/receiver.ts";
import { type Turnstile, turnstile } from "../support/turnstile.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Every command that talks to a sandbox, so that it would succeed; `listen` and `logs tail` do not end by themselves. */
const COMMANDS = [
  "wait -t 0",
  "seed course",
  "reset",
  "export",
  "import state.yaml",
  "snapshot save before",
  "snapshot list",
  "snapshot restore before",
  "snapshot delete before",
  "clock show",
  "clock advance 1d",
  "clock freeze",
  "clock run",
  "clock set 2100-01-01T00:00:00Z",
  "limits show",
  "limits set KEY --hour 1",
  "mine",
  "faults add --operation getUser --times 1 --latency-ms 0",
  "faults list",
  "faults clear",
  "keys list",
  "keys create CI",
  "keys session",
  "keys revoke KEY",
  "requests list",
  "requests count",
  "requests clear",
  "trace REQUEST",
  "coverage",
  "doctor",
  "trigger user.created",
  "resend EVENT",
  "listen --print-secret",
];

/** The sandbox that a stranger runs at the port where commands look when nothing says where theirs is. */
let stranger: World;
let turn: Turnstile;
let env: Record<string, string>;
/** What commands name. */
const names = { KEY: "", REQUEST: "", EVENT: "" };

beforeAll(async () => {
  stranger = await world();
  turn = await turnstile(stranger.sandbox.app);
  env = { GETSMART_PORT: new URL(turn.origin).port };
});
beforeEach(async () => {
  turn.before = () => {};
  await turn.turnTo(stranger.sandbox.app);
  const { headers } = await stranger.api.post("/users", { email: `${Math.random()}@example.com`, display_name: "Ada" }).expect(201);
  names.KEY = (await stranger.sandbox.keys.create({ name: "CI", scopes: ["users:read"] })).id;
  names.REQUEST = headers["request-id"] as string;
  names.EVENT = (await stranger.api.get("/events?limit=1").expect(200)).body.data.items[0].id;
  turn.seen.length = 0;
});
afterAll(() => stranger.sandbox.close());

function run(line: string, { cwd = newFolder(), flags = [] as string[], more = env } = {}) {
  const words = line.split(" ").map((word) => names[word as keyof typeof names] ?? word);
  return clientCommand([...words, ...flags], { cwd, env: more });
}

it("with nothing that says otherwise, and no data folder here, it is the one at the port", async () => {
  expect(await run("clock show")).toMatchObject({ code: 0 });
  expect(turn.seen).not.toEqual([]);
});

describe("no sandbox runs with the data folder", () => {
  const isRefused = async (outcome: ReturnType<typeof run>, folder: string) => {
    const { code, stdout, stderr } = await outcome;
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(`no sandbox is running with the data folder ${folder}`)]);
    expect(turn.seen).toEqual([]);
  };

  it.each([...COMMANDS, "listen", "logs tail"])("that --data-dir names: %s", async (line) => {
    const cwd = newFolder();
    writeFileSync(`${cwd}/state.yaml`, "");
    await isRefused(run(line, { cwd, flags: ["--data-dir", "/nope"] }), "/nope (there is no such folder); start it");
  });

  it("that GETSMART_DATA_DIR names", () => isRefused(run("reset", { more: { ...env, GETSMART_DATA_DIR: "mine" } }), "mine"));

  it("that the configuration file here names", async () => {
    const cwd = newFolder();
    writeFileSync(`${cwd}/getsmart-sandbox.config.yaml`, "data-dir: mine\n");
    await isRefused(run("reset", { cwd }), "mine");
  });

  it("that is here", async () => {
    const cwd = newFolder();
    mkdirSync(`${cwd}/.getsmart-sandbox`);
    await isRefused(run("reset", { cwd }), ".getsmart-sandbox; start it");
  });

  it("--data-dir, though GETSMART_CONTROL_URL says where another one is", async () => {
    await isRefused(run("reset", { flags: ["--data-dir", "mine"], more: { GETSMART_CONTROL_URL: `${turn.origin}/_sandbox` } }), "mine");
  });
});

it("the port is the configuration file's, for a project that says it", async () => {
  const cwd = newFolder();
  writeFileSync(`${cwd}/getsmart-sandbox.config.yaml`, `port: ${env.GETSMART_PORT}\nephemeral: true\n`);
  expect(await run("clock show", { cwd, more: {} })).toMatchObject({ code: 0 });
});

it("--data-dir and --url that lead to two sandboxes: it acts on neither", async () => {
  const cwd = newFolder();
  const mine = await createSandbox({ dataDir: `${cwd}/mine` });
  await mine.listen();
  const flags = ["--data-dir", "mine", "--url"];
  const { code, stderr } = await run("reset", { cwd, flags: [...flags, `${turn.origin}/_sandbox`] });
  expect([code, stderr]).toEqual([1, expect.stringContaining(`the sandbox at ${turn.origin}/_sandbox is`)]);
  expect(turn.seen).toEqual(["GET /_sandbox/info -"]);
  expect(await run("reset", { cwd, flags: [...flags, mine.info().urls.control as string] })).toMatchObject({ code: 0 });
  await mine.close();
});

describe("every command says which sandbox it means, with each request after the first answer", () => {
  it.each(COMMANDS)("%s", async (line) => {
    const cwd = newFolder();
    writeFileSync(`${cwd}/state.yaml`, await stranger.sandbox.export());
    const { code, stderr } = await run(line, { cwd });
    // No endpoint wants the event that is resent.
    expect([code, stderr]).toEqual(line === "resend EVENT" ? [1, expect.stringContaining("nobody got it")] : [0, expect.any(String)]);
    const [first, ...rest] = turn.seen;
    expect(first).toBe("GET /_sandbox/info -");
    const id = stranger.sandbox.info().sandbox_id;
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.filter((request) => !request.endsWith(` ${id}`))).toEqual([]);
  });

  it("and from the first request on when a lock names it", async () => {
    const cwd = newFolder();
    const mine = await createSandbox({ dataDir: `${cwd}/.getsmart-sandbox` });
    await mine.listen();
    const { sandbox_id } = mine.info();
    // Its port is another's by now: the lock is all that is left of it.
    const before = stranger.sandbox.clock.show().mode;
    const lock = `${cwd}/.getsmart-sandbox/lock`;
    writeFileSync(lock, readFileSync(lock, "utf8").replaceAll(mine.info().urls.api as string, turn.origin));
    const { code, stderr } = await run("clock freeze", { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("SANDBOX_MISMATCH")]);
    expect(turn.seen).toEqual([`POST /_sandbox/clock/freeze ${sandbox_id}`]);
    expect(stranger.sandbox.clock.show().mode).toBe(before);
    await mine.close();
  });
});

it("a sandbox that takes the port during a command is left alone", async () => {
  const other = await world();
  await newUser(other.api);
  const before = await other.sandbox.export();
  turn.before = ({ url }) => {
    if (url === "/_sandbox/seed") turn.app = other.sandbox.app;
  };
  const { code, stderr } = await run("seed course");
  expect([code, stderr]).toEqual([1, expect.stringContaining("SANDBOX_MISMATCH: Sandbox-Id names another sandbox")]);
  expect((await other.sandbox.export()).replace(/^ {2}at: .*$/m, "")).toBe(before.replace(/^ {2}at: .*$/m, ""));
  await other.sandbox.close();
});

describe("listen waits for the sandbox that it has listened to", () => {
  const listening = async (flags: string[], cwd = newFolder()) => {
    const receiver = await Receiver.open(200);
    const session = background(["listen", "--forward-to", receiver.url, ...flags], { cwd, env });
    await session.until("Ready!");
    return { receiver, session };
  };

  it("another one that has its port gets no more than a question, and none of its events is forwarded", async () => {
    const other = await world();
    const { receiver, session } = await listening([]);
    await turn.turnTo(null);
    await session.until("The sandbox is gone; waiting for the same one to come back.");
    turn.seen.length = 0;
    await turn.turnTo(other.sandbox.app);
    await session.until("but this command is for");
    const { code, stderr } = await session.stop();
    const ids = [other, stranger].map(({ sandbox }) => sandbox.info().sandbox_id);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(
        `the sandbox at ${turn.origin}/_sandbox is ${ids[0]}, but this command is for ${ids[1]}; nothing was done to it`,
      ),
    ]);
    expect([turn.seen, receiver.received]).toEqual([["GET /_sandbox/info -"], []]);
    await Promise.all([receiver.close(), other.sandbox.close()]);
  });

  it("the same one is taken up again", async () => {
    const { receiver, session } = await listening([]);
    await turn.turnTo(null);
    await session.until("The sandbox is gone");
    await turn.turnTo(stranger.sandbox.app);
    await session.until("Connected again");
    await newUser(stranger.api);
    await receiver.count(1);
    await session.stop();
    await receiver.close();
  });

  it("with its data folder at another port; not at the default one, which a stranger has", async () => {
    const cwd = newFolder();
    const open = async () => {
      const sandbox = await createSandbox({ dataDir: `${cwd}/.getsmart-sandbox` });
      await sandbox.listen();
      return sandbox;
    };
    const mine = await open();
    const { urls } = mine.info();
    const { receiver, session } = await listening([], cwd);
    await mine.close();
    await session.until("The sandbox is gone");
    const again = await open();
    expect(again.info().urls).not.toEqual(urls);
    await session.until("Connected again; no event was missed.");
    await again.close();
    // The folder is gone too: nothing says any more where its sandbox is.
    rmSync(`${cwd}/.getsmart-sandbox`, { recursive: true });
    await sleep(1200);
    const { code } = await session.stop();
    expect([code, turn.seen]).toEqual([0, []]);
    await receiver.close();
  });
});

describe("wait", () => {
  it("returns when the sandbox of a folder that is not there yet is ready", async () => {
    const cwd = newFolder();
    const waiting = run("wait -t 60", { cwd, flags: ["--data-dir", "later"] });
    const sandbox = await createSandbox({ dataDir: `${cwd}/later` });
    await sandbox.listen();
    expect(await waiting).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(turn.seen).toEqual([]);
    await sandbox.close();
  });

  it("start & wait: finds the one that is being started here, at whichever port", async () => {
    const launch = `"${process.execPath}" "${LAUNCHER}"`;
    const line = `${launch} start --port 0 --rpc-port 0 --fixture empty --silent & ${launch} wait -t 60 && ${launch} clock show; code=$?; kill $!; wait; exit $code`;
    const { code, stdout, stderr } = await shell(line, { cwd: newFolder(), env: { GETSMART_PORT: "9" } });
    expect([code, stdout], stderr).toEqual([0, expect.stringMatching(/^\S+ {2}running\n$/)]);
  });

  it("says after its time what it has found", async () => {
    const cwd = newFolder();
    mkdirSync(`${cwd}/.getsmart-sandbox`);
    const { code, stderr } = await run("wait -t 0.2", { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("not ready after 0.2 s: no sandbox is running with the data folder")]);
    const sandbox = await createSandbox({ dataDir: `${cwd}/.getsmart-sandbox` });
    const early = await run("wait -t 0.2", { cwd });
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining("serves no address yet")]);
    await sandbox.close();
  });
});
