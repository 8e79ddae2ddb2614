/** `listen`: the real command against a real sandbox and a real receiver. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { openCertificates } from "../../emulator/adapters/crypto/certificates.ts";
import { api, newUser } from "../support/client.ts";
import { DEEP } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { type Background, background, command, type Started, start } from "../support/processes.ts";
import { type Manner, type Received, Receiver } from "../support/receiver.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const DEFAULT_KEY = "gets_test_GetSmartSandboxDefaultKey000004IcKWi";
const cwd = newFolder();
/** The same folder and port each time, so that what is started again is the same sandbox. */
let flags: string[] = ["--limits", "off"];
let sandbox: Started;
beforeAll(async () => {
  sandbox = await start(flags, { cwd });
  flags = [...flags, "--port", new URL(sandbox.base).port];
});
afterAll(async () => void (await sandbox.stop()));

const client = () => api(new URL(sandbox.base).origin, DEFAULT_KEY);
const sessions: Background[] = [];
const receivers: Receiver[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.stop("SIGKILL");
  for (const receiver of receivers.splice(0)) await receiver.close();
});

function listen(...args: string[]): Background {
  const session = background(["listen", ...args], { cwd });
  sessions.push(session);
  return session;
}

async function receive(manner: Manner = 200): Promise<Receiver> {
  const receiver = await Receiver.open(manner);
  receivers.push(receiver);
  return receiver;
}

const secretIn = (output: string) => /whsec_\S+/.exec(output)?.[0] as string;
const verified = ({ body, headers }: Received, secret: string) =>
  new Webhook(secret).verify(body, headers as Record<string, string>) as { type: string; data: { id: string } };

it("forwards what happens, signed by Standard Webhooks, and says so", async () => {
  const receiver = await receive();
  const session = listen("--forward-to", receiver.url);
  await session.until(`Forwarding to ${receiver.url}.`);
  const user = await newUser(client());
  const [got] = (await receiver.count(1)) as [Received];
  expect(verified(got, secretIn(session.output))).toMatchObject({ type: "user.created", data: user });
  const id = got.headers["webhook-id"];
  await session.until(`<-- [200] POST ${receiver.url} [${id}]`);
  const stamp = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  `;
  expect(session.output).toMatch(
    new RegExp(
      [
        `^${stamp}Ready! Your webhook signing secret is whsec_\\S{44} \\(\\^C to quit\\)`,
        `${stamp}Forwarding to ${receiver.url}.`,
        `${stamp}--> user.created \\[${id}\\]`,
        `${stamp}<-- \\[200\\] POST ${receiver.url} \\[${id}\\]\n$`,
      ].join("\n"),
    ),
  );
  expect(await session.stop("SIGINT")).toMatchObject({ code: 0, stderr: "" });
});

it("keeps its secret: for the .env of whoever receives", async () => {
  const print = () => command(["listen", "--print-secret"], { cwd });
  const first = await print();
  expect(first).toEqual({ code: 0, stdout: expect.stringMatching(/^whsec_\S{44}\n$/), stderr: "" });
  expect(await print()).toEqual(first);
  const session = listen();
  await session.until("Ready!");
  expect(`${secretIn(session.output)}\n`).toBe(first.stdout);
});

it("forwards only what was asked for", async () => {
  const receiver = await receive();
  const session = listen("--forward-to", receiver.url, "--events", "user.updated, user.deleted");
  await session.until("Ready!");
  const { id } = await newUser(client());
  await client().patch(`/users/${id}`, { display_name: "Other" }).expect(200);
  await client().delete(`/users/${id}`).expect(204);
  await receiver.count(2);
  expect(receiver.types).toEqual(["user.updated", "user.deleted"]);
  expect(session.output).not.toContain("user.created");
});

it("keeps the order, however long the receiver takes for each", async () => {
  let count = 0;
  const receiver = await receive((res) => {
    count += 1;
    setTimeout(() => res.end(), count % 3 === 0 ? 60 : 0);
  });
  const session = listen("--forward-to", receiver.url);
  await session.until("Ready!");
  await Promise.all(Array.from({ length: 30 }, () => newUser(client())));
  const came = (await receiver.count(30)).map(({ headers }) => headers["webhook-id"]);
  const { body } = await client().get("/events?limit=30").expect(200);
  expect(came).toEqual(body.data.items.map(({ id }: { id: string }) => id).reverse());
  await expect.poll(() => session.output.match(/<-- \[200\]/g)?.length).toBe(30);
});

it("tells what goes wrong at the receiver, and goes on", async () => {
  const receiver = await receive(500);
  const session = listen("--forward-to", receiver.url);
  await session.until("Ready!");
  const next = async (manner: Manner) => {
    receiver.manner = manner;
    await newUser(client());
  };
  await next(500);
  await session.until("<-- [500] POST");
  await next((res) => res.writeHead(302, { Location: "/elsewhere" }).end());
  await session.until("<-- [302] POST");
  await next((_res, _got, socket) => socket.resetAndDestroy());
  await session.until("the connection was closed before an answer came");
  await next(200);
  await session.until("<-- [200] POST");
  expect(new Set(receiver.received.map(({ url }) => url))).toEqual(new Set(["/hooks"]));
});

it("gets what is sent again", async () => {
  const receiver = await receive();
  const session = listen("--forward-to", receiver.url);
  await session.until("Ready!");
  await newUser(client());
  const [first] = (await receiver.count(1)) as [Received];
  const id = `${first.headers["webhook-id"]}`;
  await command(["resend", id], { cwd });
  const [, again] = (await receiver.count(2)) as [Received, Received];
  expect([again.headers["webhook-id"], again.body]).toEqual([id, first.body]);
  expect(session.output).toContain(`--> user.created [${id}] resent`);
});

it("stays when the sandbox is reset", async () => {
  const receiver = await receive();
  const session = listen("--forward-to", receiver.url);
  await session.until("Ready!");
  await fetch(sandbox.base.replace("/v1", "/_sandbox/reset"), { method: "POST" });
  await session.until("The sandbox was reset or restored");
  await newUser(client());
  await receiver.count(1);
});

if (DEEP) {
  it("waits for a sandbox that is started again, and says what came meanwhile", async () => {
    const receiver = await receive();
    const session = listen("--forward-to", receiver.url);
    await session.until("Ready!");
    await newUser(client());
    const [before] = (await receiver.count(1)) as [Received];
    await sandbox.stop();
    await session.until("The sandbox is gone; waiting for the same one to come back.");
    // Held up, so that it surely comes late.
    process.kill(session.pid, "SIGSTOP");
    sandbox = await start(flags, { cwd });
    await newUser(client());
    const { id } = (await client().get("/events?limit=1").expect(200)).body.data.items[0];
    process.kill(session.pid, "SIGCONT");
    await session.until(`Connected again; one event was missed. To get it: getsmart-sandbox resend ${id}\n`);
    expect(session.output).not.toContain("another sandbox");

    await command(["resend", id], { cwd });
    const [, missed] = (await receiver.count(2)) as [Received, Received];
    expect(missed.headers["webhook-id"]).toBe(id);
    // The same secret verifies what came before and after.
    for (const got of [before, missed]) verified(got, secretIn(session.output));
  });

  it("loses nothing that it was told of: what waits is forwarded though the sandbox is gone", async () => {
    const receiver = await receive((res) => void setTimeout(() => res.end(), 100));
    const session = listen("--forward-to", receiver.url);
    await session.until("Ready!");
    for (let i = 0; i < 5; i++) await newUser(client());
    await sandbox.stop();
    await receiver.count(5);
    sandbox = await start(flags, { cwd });
    await session.until("Connected again; no event was missed.");
  });

  it("ends when the folder's sandbox is another one, begun by --fresh", async () => {
    const session = listen();
    await session.until("Ready!");
    await sandbox.stop();
    sandbox = await start([...flags, "--fresh"], { cwd });
    await session.until("but this command is for");
    expect((await session.stop()).code).toBe(1);
  });
}

it("--format json is one object a line", async () => {
  const receiver = await receive();
  const session = listen("--forward-to", receiver.url, "--format", "json");
  await session.until('"kind":"ready"');
  await newUser(client());
  await session.until('"kind":"forwarded"');
  const [ready, event, forwarded] = session.output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(ready).toMatchObject({
    at: expect.any(String),
    kind: "ready",
    secret: expect.stringMatching(/^whsec_/),
    forward_to: receiver.url,
  });
  expect(event).toMatchObject({ kind: "event", event: { id: expect.any(String), object: "event", type: "user.created" }, resent: false });
  expect(forwarded).toMatchObject({ kind: "forwarded", event_id: event.event.id, url: receiver.url, status: 200 });
});

describe("over https", () => {
  const folder = newFolder();
  let url: string;
  let server: ReturnType<typeof createServer>;
  beforeAll(async () => {
    const certificate = await openCertificates(folder).issue(["localhost"]);
    server = createServer(certificate, (_req, res) => res.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://localhost:${(server.address() as AddressInfo).port}/hooks`;
  });
  afterAll(() => void server.close());

  it.each([
    [
      "an unknown authority is refused, and it is said what to do",
      [],
      {},
      /<-- \[failed\] POST .*certificate is not trusted \(name its authority/,
    ],
    ["--skip-verify asks for none", ["--skip-verify"], {}, /<-- \[200\] POST/],
    ["NODE_EXTRA_CA_CERTS names it", [], { NODE_EXTRA_CA_CERTS: `${folder}/ca.pem` }, /<-- \[200\] POST/],
  ] as const)("%s", async (_, args, env, line) => {
    const session = background(["listen", "--forward-to", url, ...args], { cwd, env });
    sessions.push(session);
    await session.until("Ready!");
    await newUser(client());
    await session.until(line);
  });
});

describe("what makes no sense", () => {
  it.each([
    [["--events", "award.claim,user.created"], "there is no event type award.claim; did you mean award.claimed"],
    [["--events", "award.claimd"], "there is no event type award.claimd; did you mean award.claimed"],
    [["--forward-to", "ftp://example.com"], "--forward-to ftp://example.com: give an http or https URL"],
    [["--forward-to", "99999"], "--forward-to 99999: give an http or https URL"],
    [["--forward-to", "not a url"], "--forward-to not a url: give an http or https URL"],
    [["--format", "xml"], "--format xml: there are text and json"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await command(["listen", ...args], { cwd });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  it("no sandbox", async () => {
    const { code, stderr } = await command(["listen", "--url", "http://127.0.0.1:9/_sandbox"], { cwd: newFolder() });
    expect([code, stderr]).toEqual([1, expect.stringContaining("no sandbox answers at http://127.0.0.1:9/_sandbox (ECONNREFUSED)")]);
  });
});
