/** A sandbox that is closed says so, whatever is asked of it. */
import { expect, it } from "vitest";
import { createSandbox, type Sandbox, SandboxClosed } from "../../emulator/sandbox.ts";

/** Every method, also those of `faults`, `keys` and the like, by its path. */
function methodsOf(value: object, path = ""): [path: string, method: () => unknown][] {
  return Object.entries(value).flatMap(([name, member]): [string, () => unknown][] => {
    if (name === "app") return [];
    if (typeof member === "function") return [[`${path}${name}`, member as () => unknown]];
    return typeof member === "object" && member !== null && !Array.isArray(member) ? methodsOf(member, `${path}${name}.`) : [];
  });
}

const outcome = (method: () => unknown) =>
  Promise.resolve()
    .then(method)
    .then(
      () => "no refusal",
      (error) => error,
    );

async function closed(): Promise<Sandbox> {
  const sandbox = await createSandbox();
  await sandbox.close();
  return sandbox;
}

it("every method refuses, and none is forgotten", async () => {
  const sandbox = await closed();
  const methods = methodsOf(sandbox).filter(([path]) => path !== "close" && path !== "ready");
  expect(methods.length).toBeGreaterThan(30);
  const wrong: string[] = [];
  for (const [path, method] of methods) if (!((await outcome(method)) instanceof SandboxClosed)) wrong.push(path);
  expect(wrong).toEqual([]);
  expect(await outcome(() => sandbox.listen())).toMatchObject({
    code: "SANDBOX_CLOSED",
    message: expect.stringMatching(/createSandbox\(\)/),
  });
});

it("it is not ready, and closing it once more does nothing", async () => {
  const sandbox = await closed();
  expect(sandbox.ready()).toBe(false);
  await sandbox.close();
});

it("who waits for an event hears of the end, and a snapshot of it refuses", async () => {
  const sandbox = await createSandbox();
  const snapshot = await sandbox.snapshot();
  const waiting = outcome(() => sandbox.webhooks.waitFor({ type: "user.created", timeout: 20_000 }));
  await sandbox.close();
  expect(await waiting).toBeInstanceOf(SandboxClosed);
  expect(await outcome(() => snapshot.restore())).toBeInstanceOf(SandboxClosed);
  expect(await outcome(() => snapshot.delete())).toBeInstanceOf(SandboxClosed);
});
