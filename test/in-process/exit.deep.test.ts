/** After close() nothing is open: a process that did nothing else ends by itself. */
import { cpSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { newFolder } from "../support/folder.ts";
import { LIBRARY } from "../support/package.ts";
import { run } from "../support/processes.ts";

vi.setConfig({ testTimeout: 120_000 });

const SANDBOX = JSON.stringify(LIBRARY);
/** Far below what a forgotten socket or timer would take, far above what a busy machine needs. */
const PROMPT_MS = 10_000;

describe("a process ends by itself after", () => {
  const prepared = newFolder();
  beforeAll(() => prepare(prepared));

  it.each([
    ["a sandbox that never listened", "await (await createSandbox()).close();"],
    ["closing twice", "const sandbox = await createSandbox(); await Promise.all([sandbox.close(), sandbox.close()]);"],
    ["closing at once while writes are under way", "const s = await createSandbox(); s.chain.mine(50).catch(() => {}); await s.close();"],
    ["a snapshot and its restore", "const s = await createSandbox(); const p = await s.snapshot(); await p.restore(); await s.close();"],
    ["JSON-RPC alone", "const s = await createSandbox(); await s.listenRpc(); await s.close();"],
    [
      "connections that say nothing",
      `const s = await createSandbox({ https: { caDir: FOLDER + "/ca" } });
       const { hostname, port } = new URL(await s.listen());
       const { connect } = await import("node:net");
       const silent = connect(port, hostname);
       await new Promise((resolve) => silent.once("connect", resolve));
       await s.close();`,
    ],
    [
      "a port that is taken",
      `const s = await createSandbox();
       const { port } = new URL(await s.listen());
       await s.listen({ port: Number(port) }).catch(({ code }) => expect(code, "EADDRINUSE"));
       await s.listenRpc({ port: Number(port) }).catch(({ code }) => expect(code, "EADDRINUSE"));
       await s.close();`,
    ],
    [
      "a folder that is in use, and free again afterwards",
      `const first = await createSandbox({ dataDir: FOLDER });
       await createSandbox({ dataDir: FOLDER }).catch(({ name }) => expect(name, "DataFolderInUse"));
       await first.close();
       await (await createSandbox({ dataDir: FOLDER })).close();`,
    ],
    [
      "a start that failed on damaged data, which holds no lock",
      `const { name } = await createSandbox({ dataDir: FOLDER + "/damaged" }).catch((error) => error);
       expect(name, "StorageDamaged");
       await (await createSandbox({ dataDir: FOLDER + "/damaged", fresh: true })).close();`,
    ],
    [
      "a start that failed half-way",
      `const { message } = await createSandbox({ onProgress() { throw new Error("enough") }, dataDir: FOLDER + "/kept" }).catch((error) => error);
       expect(message, "enough");
       await (await createSandbox({ dataDir: FOLDER + "/kept" })).close();`,
    ],
  ])("%s", async (_, deeds) => {
    const folder = newFolder();
    cpSync(prepared, folder, { recursive: true });
    const script = `
      const { createSandbox } = await import(${SANDBOX});
      const FOLDER = ${JSON.stringify(folder)};
      const expect = (is, shall) => { if (is !== shall) throw new Error(is + " is not " + shall) };
      const before = process.getActiveResourcesInfo().sort().join();
      await (async () => { ${deeds} })();
      const done = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(process.getActiveResourcesInfo().sort().join(), before);
      process.on("exit", () => console.log(Math.round(performance.now() - done)));`;
    const { code, stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: folder });
    expect([code, stderr]).toEqual([0, ""]);
    expect(Number(stdout)).toBeLessThan(PROMPT_MS);
  });
});

/** Two folders within: `damaged`, and `kept` with a sandbox of some blocks. */
async function prepare(folder: string): Promise<void> {
  const { createSandbox } = await import("../../emulator/sandbox.ts");
  for (const name of ["damaged", "kept"]) {
    const sandbox = await createSandbox({ dataDir: `${folder}/${name}` });
    await sandbox.chain.mine(2);
    await sandbox.close();
  }
  writeFileSync(`${folder}/damaged/journal.ndjson`, "no journal\n", { flag: "r+" });
}
