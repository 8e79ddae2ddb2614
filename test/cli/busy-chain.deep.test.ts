/** A chain that does not answer: readiness tells it, and it keeps nothing from stopping. */
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";
import { newFolder } from "../support/folder.ts";
import { SOURCES } from "../support/package.ts";
import { background, command } from "../support/processes.ts";

vi.setConfig({ testTimeout: 120_000 });

const FREE = ["--port", "0", "--rpc-port", "0"];
const HOOK = fileURLToPath(new URL("busy/hanging-chain.ts", import.meta.url));
const HANGING = { launcher: SOURCES, env: { NODE_OPTIONS: `--import ${HOOK}` } };
const MINE = { method: "POST", body: '{"jsonrpc":"2.0","id":1,"method":"evm_mine"}' };
const urlOf = (banner: string, row: string) => new RegExp(`^ +${row} +(\\S+)`, "m").exec(banner)?.[1] as string;

it("ready says so, and a signal ends it within seconds, without losing what was answered", async () => {
  const cwd = newFolder();
  const sandbox = background(["start", ...FREE, "--fixture", "empty", "--log-level", "warn"], { cwd, ...HANGING });
  const banner = await sandbox.until("Stop with Ctrl-C.");
  const [api, control, rpc] = [urlOf(banner, "API"), urlOf(banner, "Control"), urlOf(banner, "JSON-RPC")];
  const Authorization = `Bearer ${urlOf(banner, "API key")}`;
  const headers = { Authorization, "Content-Type": "application/json" };
  const made = await fetch(`${api}/users`, { method: "POST", headers, body: '{"email":"ada@example.com","display_name":"Ada"}' });
  expect(made.status).toBe(201);
  expect((await fetch(`${control}/ready`)).status).toBe(200);

  fetch(rpc, MINE).catch(() => {});
  await vi.waitFor(async () => expect((await fetch(`${control}/ready`)).status).toBe(503), { timeout: 20_000, interval: 100 });
  expect((await fetch(`${control}/health`)).status).toBe(200);

  const asked = performance.now();
  const { code, stdout, stderr } = await sandbox.stop("SIGTERM");
  expect(performance.now() - asked).toBeLessThan(20_000);
  expect(code).toBe(0);
  expect(stdout + stderr).toContain("the journal holds every acknowledged write");
  // Whoever waits for it asks often.
  expect(stdout + stderr).not.toContain("/_sandbox/ready");

  const again = background(["start", ...FREE, "--log-level", "error"], { cwd });
  const next = await again.until("Stop with Ctrl-C.");
  const { data } = (await (await fetch(`${urlOf(next, "API")}/users`, { headers })).json()) as { data: { items: object[] } };
  expect(data.items).toMatchObject([{ email: "ada@example.com" }]);
  expect((await again.stop("SIGTERM")).code).toBe(0);
});

it("exec ends with its command", async () => {
  const script = `
    fetch(process.env.GETSMART_RPC_URL, ${JSON.stringify(MINE)}).catch(() => {});
    setTimeout(() => process.exit(7), 1000);`;
  const began = performance.now();
  const line = ["exec", "--", "node", "--input-type=module", "-e", script];
  const { code } = await command(line, { cwd: newFolder(), ...HANGING });
  expect(code).toBe(7);
  expect(performance.now() - began).toBeLessThan(30_000);
});
