import { defineConfig } from "vitest/config";

/** What all tests have: a busy machine takes its time. */
const shared = {
  setupFiles: ["test/support/setup.ts"],
  testTimeout: 30_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 20_000 } },
};

/**
 * Three projects, by what a test costs. Files of `fast` and `process` share a process and its modules: loading our sources,
 * the document and a first chain anew for each file took half of the time.
 */
export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    // As many as there are cores: a test waits for other processes more than for its own.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          ...shared,
          name: "fast",
          isolate: false,
          include: [
            "test/architecture.test.ts",
            "test/{config,contracts,control,engine,fixtures,http,model,ports,rpc,scenarios,services,webhooks}/**/*.test.ts",
          ],
        },
      },
      {
        test: { ...shared, name: "process", isolate: false, include: ["test/{browser,cli,conformance,in-process,vitest}/**/*.test.ts"] },
      },
      { test: { ...shared, name: "deep", include: ["test/{crash,package}/**/*.test.ts", "test/oldest.test.ts"] } },
    ],
  },
});
