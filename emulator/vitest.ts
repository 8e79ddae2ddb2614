/** `getsmart-sandbox/vitest`: a sandbox as a fixture of Vitest, `test("mints", async ({ sandbox }) => { … sandbox.app … })`. */
import { test as base, type TestAPI } from "vitest";
import { createSandbox, type Sandbox, type SandboxOptions, type Snapshot } from "./sandbox.ts";

export interface SandboxFixtures {
  /** What the sandbox is made with: `test.extend({ sandboxOptions: { fixture: "course" } })`, or `provide` in Vitest's configuration. */
  readonly sandboxOptions: SandboxOptions;
  /** One sandbox per worker; each test begins with what the test before it began with. Not for tests that run at once. */
  readonly sandbox: Sandbox;
  /** The same sandbox for `test.beforeAll`: what is made there is there in every test of the file, and gone after its last one. */
  readonly fileSandbox: Sandbox;
}

declare module "vitest" {
  export interface ProvidedContext {
    sandboxOptions?: SandboxOptions;
  }
}

/** A worker's sandbox for one set of options, which tests use by turns. */
class Shared {
  readonly #options: SandboxOptions;
  #sandbox: Promise<Sandbox> | null = null;
  #isTaken = false;
  users = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  async current(): Promise<Sandbox> {
    this.#sandbox ??= createSandbox(this.#options);
    return await this.#sandbox;
  }

  /**
   * Lets somebody use it, and brings it back to where it was before: records, chain, clock, quotas and snapshots, without faults and
   * request log. `name`: of the snapshot that does it.
   */
  async lend(name: string, use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
    const sandbox = await this.current();
    const kept = sandbox.snapshots().map((snapshot) => snapshot.name);
    const webhooks = sandbox.webhooks.show();
    const before = await sandbox.snapshot(name);
    try {
      await use(sandbox);
    } finally {
      await this.#bringBack(sandbox, before, kept, webhooks);
    }
  }

  /** One that was closed, or whose state an import has replaced, gives way to a new one. */
  async #bringBack(
    sandbox: Sandbox,
    before: Snapshot,
    kept: readonly string[],
    webhooks: ReturnType<Sandbox["webhooks"]["show"]>,
  ): Promise<void> {
    try {
      if (!sandbox.ready()) throw new Error("it was closed");
      await before.restore();
      for (const { name } of sandbox.snapshots()) if (!kept.includes(name)) await sandbox.deleteSnapshot(name);
      sandbox.faults.clear();
      sandbox.requests.clear();
      sandbox.webhooks.set(webhooks);
    } catch {
      if ((await this.#sandbox) === sandbox) await this.close();
    }
  }

  /** `lend` to one test at a time. */
  async lendToTest(use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
    if (this.#isTaken) {
      throw new Error("Tests that run at once cannot share a sandbox; in test.concurrent make one for each with createSandbox().");
    }
    this.#isTaken = true;
    try {
      await this.lend("vitest-test", use);
    } finally {
      this.#isTaken = false;
    }
  }

  async close(): Promise<void> {
    const sandbox = this.#sandbox;
    this.#sandbox = null;
    await (await sandbox)?.close();
  }
}

/** Of this worker, by options: every `test.extend()` has worker fixtures of its own, and should not have sandboxes of its own. */
const sharedBy = new Map<string, Shared>();

function sharedWith(options: SandboxOptions): Shared {
  const key = JSON.stringify(options);
  const shared = sharedBy.get(key) ?? new Shared(options);
  sharedBy.set(key, shared);
  return shared;
}

interface Fixtures extends SandboxFixtures {
  readonly sharedSandbox: Shared;
}

const extended = base.extend<Fixtures>({
  sandboxOptions: [{}, { scope: "worker", injected: true }],
  sharedSandbox: [
    async ({ sandboxOptions }, use) => {
      const shared = sharedWith(sandboxOptions);
      shared.users += 1;
      await use(shared);
      shared.users -= 1;
      if (shared.users > 0) return;
      sharedBy.delete(JSON.stringify(sandboxOptions));
      await shared.close();
    },
    { scope: "worker" },
  ],
  // Before Vitest 5 a fixture of a file was not given what a fixture of the worker had made.
  fileSandbox: [({ sandboxOptions, sharedSandbox: _ }, use) => sharedWith(sandboxOptions).lend("vitest-file", use), { scope: "file" }],
  sandbox: ({ sharedSandbox, fileSandbox: _ }, use) => sharedSandbox.lendToTest(use),
});

/** Vitest's `test` with `sandbox`. */
export const test: TestAPI<SandboxFixtures> = extended;
export const it: TestAPI<SandboxFixtures> = extended;
