/** Requests as they are answered, one line each. */
import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type World, world } from "../support/client.ts";
import { newFolder } from "../support/folder.ts";
import { run } from "../support/processes.ts";

vi.setConfig({ testTimeout: 120_000 });

import { LAUNCHER } from "../support/package.ts";

let here: World;
let origin: string;
beforeAll(async () => {
  here = await world();
  origin = await here.sandbox.listen();
});
afterAll(() => here.sandbox.close());

/** Tails, does something once it watches, and stops; what was printed. */
async function tail(flags: readonly string[], act: () => Promise<unknown>) {
  let child: ChildProcess | undefined;
  const args = [LAUNCHER, "logs", "tail", "--url", `${origin}/_sandbox`, ...flags];
  const ended = run(process.execPath, args, { cwd: newFolder() }, (started) => (child = started));
  let printed = "";
  child?.stdout?.on("data", (chunk) => (printed += chunk));
  // It watches once one of these is told.
  await expect
    .poll(
      async () => {
        await here.api.get("/users/usr_knock").expect(404);
        return printed;
      },
      { timeout: 30_000, interval: 200 },
    )
    .not.toBe("");
  await act();
  await here.api.get("/users/usr_last").expect(404);
  await expect.poll(() => printed, { timeout: 10_000 }).toContain("usr_last");
  child?.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect([code, stderr]).toEqual([0, ""]);
  return stdout
    .trim()
    .split("\n")
    .filter((line) => !/usr_(knock|last)/.test(line));
}

async function some() {
  await here.api.get("/users?limit=2").expect(200);
  await here.api.post("/users", {}).expect(400);
  await here.api.as(null).get("/tokens").expect(401);
}

describe("logs tail", () => {
  it("prints a line a request, without colours when it is no terminal", async () => {
    const printed = await tail([], some);
    expect(printed).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} {2}200 {2}GET {5}\/v1\/users\?limit=2 {2}[\d.]+ ms {2}req_\w+$/),
      expect.stringMatching(/ {2}400 {2}POST {4}\/v1\/users {2}VALIDATION_FAILED {2}[\d.]+ ms {2}req_\w+$/),
      expect.stringMatching(/ {2}401 {2}GET {5}\/v1\/tokens {2}AUTHENTICATION_REQUIRED /),
    ]);
  });

  it("filters by status", async () => {
    expect((await tail(["--filter-status", "4XX"], some)).map((line) => line.slice(14, 17))).toEqual(["400", "401"]);
  });

  it("filters by path, and prints JSON", async () => {
    const printed = await tail(["--filter-path", "/v1/users*", "--format", "json"], some);
    expect(printed.map((line) => JSON.parse(line))).toMatchObject([
      { operation_id: "listUsers", query: "limit=2", status: 200 },
      { operation_id: "createUser", code: "VALIDATION_FAILED" },
    ]);
  });

  it("ends with the sandbox", async () => {
    const other = await world();
    const url = `${await other.sandbox.listen()}/_sandbox`;
    const ended = run(process.execPath, [LAUNCHER, "logs", "tail", "--url", url], { cwd: newFolder() });
    await expect.poll(() => other.sandbox.requests.count(), { timeout: 5000 }).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await other.sandbox.close();
    expect(await ended).toEqual({ code: 0, stdout: "", stderr: "The sandbox has stopped.\n" });
  });
});
