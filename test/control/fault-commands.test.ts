/** Faults as the command line adds and lists them: every member has a flag, and each fault a sentence. */
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Fault } from "../../emulator/model/fault.ts";
import { type World, world } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";

let here: World;
let url: string;
beforeAll(async () => {
  here = await world({ seed: 1 });
  url = `${await here.sandbox.listen()}/_sandbox`;
});
afterEach(() => here.sandbox.faults.clear());
afterAll(() => here.sandbox.close());

const run = (...args: string[]) => clientCommand([...args, "--url", url], { cwd: newFolder() });

it.each<[string, Fault, string]>([
  [
    "--operation mintTokens --code CHAIN_UNAVAILABLE --retry-after 5 --times 1",
    { operationId: "mintTokens", error: { status: 503, code: "CHAIN_UNAVAILABLE" }, retry_after: 5, times: 1 },
    "fired 0, 1 left  mintTokens answers 503 CHAIN_UNAVAILABLE (Retry-After: 5) and does nothing; once",
  ],
  [
    "--path /users/* --method post --when after --connection reset --every 3 --times 2",
    { path: "/users/*", method: "POST", when: "after", connection: "reset", every: 3, times: 2 },
    "fired 0, 2 left  POST /users/* takes effect, then resets the connection; every 3rd time; 2 times",
  ],
  [
    "--path * --when after --latency-ms 200 --code INTERNAL_ERROR --for 5m",
    { path: "*", when: "after", latency_ms: 200, error: { status: 500, code: "INTERNAL_ERROR" }, for: "5m" },
    "fired 0  every method * takes effect, then waits 200 ms, then answers 500 INTERNAL_ERROR; until 2026-01-01T00:05:00.000Z",
  ],
  [
    "--operation getUser --connection slow --bytes-per-second 100 --probability 0.5",
    { operationId: "getUser", connection: "slow", bytes_per_second: 100, probability: 0.5 },
    "fired 0  getUser answers slowly, 100 bytes a second; with probability 0.5",
  ],
  [
    "--operation getUser --connection hang",
    { operationId: "getUser", connection: "hang" },
    "fired 0  getUser never answers and does nothing",
  ],
  [
    "--operation getUser --mutate unknown-members,without-message",
    { operationId: "getUser", mutate: { unknown_members: true, without_message: true } },
    "fired 0  getUser answers with unknown members, without message",
  ],
  ["--operation getUser --latency-ms 50", { operationId: "getUser", latency_ms: 50 }, "fired 0  getUser waits 50 ms"],
  [
    "--operation mintTokens --chain pending",
    { operationId: "mintTokens", chain: "pending" },
    "fired 0  mintTokens meets a chain that mines no block",
  ],
])("faults add %s", async (line, fault, sentence) => {
  const { code, stdout } = await run("faults", "add", ...line.split(" "));
  const [{ id, fired, left, until, ...added } = { id: "" }] = here.sandbox.faults.list();
  expect(added).toEqual(fault);
  expect([code, stdout]).toEqual([0, `${id}  ${sentence}\n`]);
  expect((await run("faults", "list")).stdout).toBe(stdout);
});

it("what cannot be is refused by its name", async () => {
  expect(await run("faults", "add", "--operation", "getUser", "--mutate", "everything")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("UNKNOWN_PARAMETER: mutate.everything"),
  });
});

it("requests list says what was not delivered, and trace shows header fields when asked", async () => {
  here.sandbox.faults.add({ path: "*", times: 1, when: "after", connection: "reset" });
  await expect(here.api.get("/health").set("X-Trace", "abc")).rejects.toThrow();
  const [{ request_id = "" } = {}] = here.sandbox.requests.list();
  expect((await run("requests", "list")).stdout).toMatch(/ 200 {2}GET {5}\/v1\/health {2}fault flt_\d+ {2}not delivered /);
  const plain = (await run("trace", request_id)).stdout;
  expect(plain).not.toContain("X-Trace");
  expect(plain).toMatch(/└─ answer +200, not delivered/);
  const { stdout } = await run("trace", request_id, "--headers");
  expect(stdout).toContain("X-Trace: abc");
  expect(stdout).toContain("content-type: application/json");
});
