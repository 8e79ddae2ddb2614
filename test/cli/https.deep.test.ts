/** Commands trust a sandbox under HTTPS by themselves, however they find it. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newFolder } from "../support/folder.ts";
import { command, type Started, start } from "../support/processes.ts";

vi.setConfig({ testTimeout: 120_000 });

const home = newFolder();
const elsewhere = newFolder();
const caDir = `${home}/authority`;
let sandbox: Started;
let control: string;

beforeAll(async () => {
  sandbox = await start(["--https", "--ca-dir", "authority", "--limits", "off"], { cwd: home });
  control = sandbox.base.replace("/v1", "/_sandbox");
});
afterAll(async () => {
  await sandbox.stop();
});

const FOUND = [
  { by: "the lock in the current folder", flags: () => [], env: () => ({}), cwd: home },
  { by: "--data-dir", flags: () => ["--data-dir", `${home}/.getsmart-sandbox`], env: () => ({}), cwd: elsewhere },
  { by: "GETSMART_DATA_DIR", flags: () => [], env: () => ({ GETSMART_DATA_DIR: `${home}/.getsmart-sandbox` }), cwd: elsewhere },
  { by: "--url and --ca-dir", flags: () => ["--url", control, "--ca-dir", caDir], env: () => ({}), cwd: elsewhere },
  {
    by: "GETSMART_CONTROL_URL and GETSMART_CA_DIR",
    flags: () => [],
    env: () => ({ GETSMART_CONTROL_URL: control, GETSMART_CA_DIR: caDir }),
    cwd: elsewhere,
  },
  {
    by: "--url and what Node trusts",
    flags: () => ["--url", control],
    env: () => ({ NODE_EXTRA_CA_CERTS: `${caDir}/ca.pem` }),
    cwd: elsewhere,
  },
  {
    by: "a URL that says http",
    flags: () => ["--url", control.replace("https", "http"), "--ca-dir", caDir],
    env: () => ({}),
    cwd: elsewhere,
  },
];

describe.each(FOUND)("found by $by", ({ flags, env, cwd }) => {
  it("wait", async () => {
    expect(await command(["wait", "-t", "5", ...flags()], { cwd, env: env() })).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

// Two of them: how the sandbox is found is the same for every command.
describe.each([FOUND[0], FOUND[3]] as typeof FOUND)("found by $by", ({ flags, env, cwd }) => {
  it("keys create, list, revoke", async () => {
    const at = { cwd, env: env() };
    const created = await command(["keys", "create", "CI", "--scopes", "users:read", ...flags()], at);
    expect(created).toEqual({ code: 0, stdout: expect.stringMatching(/^gets_test_\w+\n$/), stderr: "" });
    const listed = await command(["keys", "list", ...flags()], at);
    const [id = ""] = listed.stdout.split(" ");
    expect(listed.stdout).toContain(`${id}  …${created.stdout.trim().slice(-4)}  active   CI  [users:read]\n`);
    expect(await command(["keys", "revoke", id, ...flags()], at)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

it("the authority in ~/.getsmart-sandbox/ca is trusted without a word", async () => {
  const other = newFolder();
  const { base, stop } = await start(["--https", "--ephemeral"], { cwd: other });
  const url = base.replace("/v1", "/_sandbox");
  expect(await command(["wait", "-t", "0", "--url", url], { cwd: elsewhere, env: { HOME: other } })).toMatchObject({ code: 0 });
  await stop();
});

it("who is not trusted is not spoken to, and it is said whom to trust", async () => {
  const { code, stderr } = await command(["keys", "list", "--url", control, "--control-token", "s3cret-of-16-characters"], {
    cwd: elsewhere,
  });
  expect(code).toBe(1);
  expect(stderr).toContain(`${control} is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`);
  expect(stderr).toContain(`${elsewhere}/.getsmart-sandbox/ca/ca.pem; name its folder with --ca-dir`);
});

it("an authority that was not made for a host is a matter of usage", async () => {
  const { code, stderr } = await command(
    ["start", "--https", "--ca-dir", caDir, "--ephemeral", "--port", "0", "--rpc-port", "0", "--allow-host", "sandbox.test"],
    { cwd: elsewhere },
  );
  expect([code, stderr]).toEqual([2, expect.stringContaining("was not made for the host sandbox.test; choose another --ca-dir")]);
});
