/** What the banner says about trust is what people copy: each line is run here as it is printed. */
import { cpSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DEEP } from "../support/depth.ts";
import { newFolder } from "../support/folder.ts";
import { type Started, shell, start } from "../support/processes.ts";
import { lacks, skipped } from "../support/tools.ts";

vi.setConfig({ testTimeout: 120_000 });

interface Client {
  readonly name: string;
  readonly missing: boolean;
  /** How it runs when nobody told it whom to trust, and what it then says. */
  readonly bare: (base: string) => string;
  readonly refusal: RegExp;
}

/** Each run of it takes seconds. */
const JAVA: Client = {
  name: "Java",
  missing: lacks("keytool", "default-jdk-headless", ["-help"]),
  bare: () => "java Client.java",
  refusal: /PKIX path building failed/,
};

const CLIENTS: readonly Client[] = [
  { name: "curl", missing: lacks("curl", "curl"), bare: (base) => `curl ${base}/health`, refusal: /certificate/ },
  { name: "Node", missing: false, bare: () => "node client.mjs", refusal: /unable to verify|UNABLE_TO_VERIFY/ },
  { name: "Python", missing: lacks("python3", "python3"), bare: () => "python3 client.py", refusal: /CERTIFICATE_VERIFY_FAILED/ },
  ...(DEEP ? [JAVA] : []),
];

const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === "::1"));

/** What the banner says below "Trust its authority" after `  Name  `, without indentation. */
function recipe(banner: string, name: string): string {
  const [, lines] = new RegExp(`^  ${name} +(.*(?:\\n {10}.*)*)`, "m").exec(banner.split("Trust its authority:")[1] ?? "") ?? [];
  return (lines ?? `echo the banner says nothing of ${name}; exit 1`).replaceAll(/\n */g, "\n");
}

const HOSTS = [
  { host: "127.0.0.1", skip: false },
  ...(DEEP ? [{ host: "::1", skip: !hasIpv6 && skipped("::1 is not an address of this machine") }] : []),
];

describe.each(HOSTS)("start --https --host $host", ({ host, skip }) => {
  // A folder with a space in its name: what is printed must be quoted.
  const folder = `${newFolder()}/a home`;
  let sandbox: Started;

  beforeAll(async () => {
    cpSync(fileURLToPath(new URL("clients", import.meta.url)), folder, { recursive: true });
    if (!skip) sandbox = await start(["--https", "--ephemeral", "--fixture", "empty", "--host", host], { cwd: folder });
  });
  afterAll(async () => {
    await sandbox?.stop();
  });

  for (const { name, missing, bare, refusal } of CLIENTS) {
    const inFolder = (base: string) => ({ cwd: folder, env: { GETSMART_BASE_URL: base } });

    it.skipIf(skip || missing)(`${name} trusts it as the banner says`, async () => {
      const { code, stdout, stderr } = await shell(recipe(sandbox.banner, name), inFolder(sandbox.base));
      expect([code, stdout], stderr).toEqual([0, expect.stringContaining('"status":"success"')]);
    });

    it.skipIf(skip || missing)(`${name} refuses it otherwise`, async () => {
      const { code, stdout, stderr } = await shell(bare(sandbox.base), inFolder(sandbox.base));
      expect([code === 0, stdout], stderr).toEqual([false, ""]);
      expect(stderr).toMatch(refusal);
    });

    if (host === "127.0.0.1") {
      it.skipIf(skip || missing)(`${name} reaches it as localhost`, async () => {
        const base = sandbox.base.replace(host, "localhost");
        const line = recipe(sandbox.banner, name)
          .replace(sandbox.base, base)
          .replace(/^keytool.*\n/, "");
        const { code, stdout, stderr } = await shell(line, inFolder(base));
        expect([code, stdout], stderr).toEqual([0, expect.stringContaining('"status":"success"')]);
      });
    }
  }

  it.skipIf(skip || lacks("curl", "curl"))("the curl to try works as printed", async () => {
    const [, line] = /Try it:\n\n([\s\S]*?)\n\n/.exec(sandbox.banner) ?? [];
    const { stdout } = await shell(line ?? "", { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ status: "success", data: { email: "ada@example.com" } });
  });
});
