/** After close() nothing is open: a process that did nothing else ends by itself. One by one: exit.deep.test.ts. */
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { run } from "../support/processes.ts";

const SESSION = fileURLToPath(new URL("session.ts", import.meta.url));
/** Far below what a forgotten socket or timer would take, far above what a busy machine needs. */
const PROMPT_MS = 10_000;

it("two sandboxes with API, JSON-RPC, open WebSockets and due work", async () => {
  const { code, stdout, stderr } = await run(process.execPath, [SESSION, newFolder()], { cwd: newFolder() });
  expect(code, stderr).toBe(0);
  const { left, lingered_ms } = JSON.parse(stdout);
  expect(left).toEqual([]);
  expect(lingered_ms).toBeLessThan(PROMPT_MS);
});
