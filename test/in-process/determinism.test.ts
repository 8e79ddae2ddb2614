/** With `--seed` a sandbox gives the same bytes every time: answers, identifiers, secrets, signatures, blocks. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSandbox, type SandboxOptions } from "../../emulator/sandbox.ts";
import { command } from "../cli/processes.ts";
import { newFolder } from "../http/folder.ts";
import { Receiver } from "../webhooks/receiver.ts";
import { type Tale, tell } from "./tale.ts";

vi.setConfig({ testTimeout: 120_000 });

const TALE = fileURLToPath(new URL("tale.ts", import.meta.url));
let receiver: Receiver;
let port: number;
beforeAll(async () => {
  receiver = await Receiver.open((res, { body }) => res.writeHead(body.includes('"user.updated"') ? 503 : 200).end());
  port = await freePort();
});
afterAll(() => receiver.close());

/** The tale in a sandbox of this process, served anywhere; addresses in its answers are those of `publicUrl`. */
async function told(options: SandboxOptions): Promise<Tale> {
  const sandbox = await createSandbox({ publicUrl: `http://127.0.0.1:${port}/v1`, ...options });
  const [origin, rpc] = [await sandbox.listen(), await sandbox.listenRpc()];
  try {
    return await tell({ base: `${origin}/v1`, key: sandbox.apiKey, control: `${origin}/_sandbox`, rpc, receiver: receiver.url });
  } finally {
    await sandbox.close();
  }
}

describe("one tale, told again", () => {
  let first: Tale;
  beforeAll(async () => {
    first = stable(await told({ seed: "tale" }));
  }, 60_000);

  it("is a tale of all that there is, without a failure", () => {
    expect(first.answers.filter(({ status }) => status >= 500)).toEqual([]);
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
  });

  it("in another sandbox", async () => {
    expect(stable(await told({ seed: "tale" }))).toEqual(first);
  });

  it("in a folder", async () => {
    expect(stable(await told({ seed: "tale", dataDir: newFolder() }))).toEqual(first);
  });

  it("by exec, in processes of their own", async () => {
    const line = ["exec", "--seed", "tale", "--port", `${port}`, "--", "node", TALE];
    const { stdout, stderr } = await command(line, { cwd: newFolder(), env: { RECEIVER: receiver.url } });
    expect(stderr).toBe("");
    expect(stable(JSON.parse(stdout))).toEqual(first);
  });

  it("with a fixture", async () => {
    const [one, two] = [await told({ seed: "tale", fixture: "academy" }), await told({ seed: "tale", fixture: "academy" })];
    expect(stable(two)).toEqual(stable(one));
  });

  it("with another seed it is another one: no id, secret or block is the same", async () => {
    const other = stable(await told({ seed: "another" }));
    const idsOf = (tale: Tale) => new Set(JSON.stringify(tale.answers).match(/\b[a-z]{3}_[0-9A-Z]{26}\b/g));
    expect(other.answers.map(({ request }) => request.split("/")[1])).toEqual(first.answers.map(({ request }) => request.split("/")[1]));
    const shared = [...idsOf(first)].filter((id) => idsOf(other).has(id));
    expect(shared).toEqual([]);
  });
});

/** How long an attempt took is real time. */
function stable(tale: Tale): Tale {
  const answers = tale.answers.map((answer) => ({ ...answer, body: answer.body.replaceAll(/"duration_ms":\d+/g, '"duration_ms":0') }));
  return JSON.parse(JSON.stringify({ ...tale, answers: answers.map(withoutLengthAndTag) }));
}

/** What follows from `duration_ms` alone. */
function withoutLengthAndTag({ headers, ...answer }: Tale["answers"][number]): Tale["answers"][number] {
  if (!answer.body.includes("duration_ms")) return { headers, ...answer };
  return { ...answer, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !["content-length", "etag"].includes(name))) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
