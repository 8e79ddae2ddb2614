/** With `--seed` a sandbox gives the same bytes every time: answers, identifiers, secrets, signatures, blocks, the export. */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { newFolder } from "../support/folder.ts";
import { command } from "../support/processes.ts";
import { Receiver } from "../support/receiver.ts";
import { type Answer, type Place, type Tale, tell } from "./tale.ts";

vi.setConfig({ testTimeout: 180_000 });

const TALE = fileURLToPath(new URL("tale.ts", import.meta.url));
let receiver: Receiver;
/** Awards and credentials say where the API is: each sandbox is served there, one after another. */
let port: number;
beforeAll(async () => {
  receiver = await Receiver.open((res, { body }) => res.writeHead(body.includes('"user.updated"') ? 503 : 200).end());
  port = await freePort();
});
afterAll(() => receiver.close());

/** The tale in a sandbox of this process. `restart`: closed and opened again in the midst of it. */
async function told(options: SandboxOptions, { restart = false } = {}): Promise<Tale> {
  let sandbox = null as Sandbox | null;
  const open = async (): Promise<Place> => {
    sandbox = await createSandbox(options);
    const [origin, rpc] = [await sandbox.listen({ port }), await sandbox.listenRpc()];
    return { base: `${origin}/v1`, key: sandbox.apiKey, control: `${origin}/_sandbox`, rpc, receiver: receiver.url };
  };
  const place = await open();
  const reopen = async () => {
    await sandbox?.close();
    return await open();
  };
  try {
    return stable(await tell(place, restart ? reopen : undefined));
  } finally {
    await sandbox?.close();
  }
}

describe("one tale, told again", () => {
  let first: Tale;
  beforeAll(async () => {
    first = await told({ seed: "tale" });
  }, 120_000);

  it("is a tale of all that there is, without a failure", () => {
    const refused = first.answers.filter(({ status }) => status >= 400).map(({ request, status }) => `${request} ${status}`);
    expect(refused).toEqual([
      "POST /users 400",
      "GET /users/usr_00000000000000000000000000 404",
      "GET /users 401",
      "DELETE /tokens 405",
      "GET /nowhere 404",
      "POST /users 422",
    ]);
    expect(first.blocks.length).toBeGreaterThan(5);
    expect(first.answers.some(({ request, body }) => request.includes("/deliveries") && body.includes('"response_status":503'))).toBe(true);
    expect(first.answers.some(({ body }) => body.includes("award.expired"))).toBe(true);
    for (const table of ["users", "badges", "awards", "achievements", "webhook_endpoints"])
      expect(first.export).toContain(`\n    ${table}:\n      - id:`);
  });

  it("in another sandbox", async () => {
    expect(differences(await told({ seed: "tale" }), first)).toEqual([]);
  });

  it("in a folder", async () => {
    expect(differences(await told({ seed: "tale", dataDir: newFolder() }), first)).toEqual([]);
  });

  it("in a folder, with a restart in the midst of it; only Request-Ids are others, since requests are not on disk", async () => {
    const [one, two] = [
      await told({ seed: "tale", dataDir: newFolder() }, { restart: true }),
      await told({ seed: "tale", dataDir: newFolder() }, { restart: true }),
    ];
    expect(differences(two, one)).toEqual([]);
    expect(differences(withoutRequestIds(one), withoutRequestIds(first))).toEqual([]);
  });

  it("by exec, in processes of their own", async () => {
    const line = ["exec", "--seed", "tale", "--port", `${port}`, "--", "node", TALE];
    const { stdout, stderr } = await command(line, { cwd: newFolder(), env: { RECEIVER: receiver.url } });
    expect(stderr).toBe("");
    expect(differences(stable(JSON.parse(stdout)), first)).toEqual([]);
  });

  it("with a fixture", async () => {
    const [one, two] = [await told({ seed: "tale", fixture: "academy" }), await told({ seed: "tale", fixture: "academy" })];
    expect(differences(two, one)).toEqual([]);
  });

  it("with another seed it is another one: the same requests, but no id and no block is the same", async () => {
    const other = await told({ seed: "another" });
    const shape = ({ answers }: Tale) => answers.map(({ status, request }) => `${status} ${request.replace(/[/=]\w*[0-9A-Z]\w*/g, "/…")}`);
    expect(shape(other)).toEqual(shape(first));
    const idsOf = (tale: Tale) => new Set(JSON.stringify(tale.answers).match(/\b[a-z]{3}_[0-9A-Z]{26}\b/g));
    const asked = "usr_00000000000000000000000000";
    expect([...idsOf(first)].filter((id) => id !== asked && idsOf(other).has(id))).toEqual([]);
    // The first blocks deploy the contracts, whatever the seed.
    expect(first.blocks.slice(2).filter((block) => other.blocks.includes(block))).toEqual([]);
  });
});

/** How long an attempt took is real time. */
function stable({ answers, ...tale }: Tale): Tale {
  const still = (text: string) => text.replaceAll(/("?duration_ms"?:) ?\d+/g, "$1 0");
  const timeless = (answer: Answer): Answer => {
    if (!answer.body.includes("duration_ms")) return answer;
    // What follows from `duration_ms` alone.
    const { "content-length": _length, etag: _etag, ...headers } = answer.headers;
    return { ...answer, headers, body: still(answer.body) };
  };
  return { ...tale, answers: answers.map(timeless), export: still(tale.export) };
}

function withoutRequestIds({ answers, ...tale }: Tale): Tale {
  const plain = ({ headers: { "request-id": _id, ...headers }, body, ...answer }: Answer): Answer => {
    return { ...answer, headers, body: body.replaceAll(/"request_id":"req_\w+"/g, '"request_id":"…"') };
  };
  return { ...tale, answers: answers.map(plain) };
}

/** Where two tales part: short, since a tale is long. */
function differences(one: Tale, other: Tale): string[] {
  const [left, right] = [one, other].map(({ answers, export: exported, blocks }) => [
    ...answers.map((answer) => JSON.stringify(answer)),
    exported,
    ...blocks,
  ]) as [string[], string[]];
  expect(left).toHaveLength(right.length);
  return left.flatMap((text, index) => {
    const against = right[index] as string;
    if (text === against) return [];
    const at = [...text].findIndex((letter, place) => letter !== against[place]);
    const around = (whole: string) => whole.slice(Math.max(0, at - 60), at + 60);
    return [`${text.slice(0, 60)} …\n  ${around(text)}\n  ${around(against)}`];
  });
}

/** A port below those that systems hand out by themselves, so that nobody takes it between two sandboxes. */
async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); port < 32_000; port++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  throw new Error("no port is free");
}
