import { defineConfig } from "vitest/config";

/**
 * Three projects, by what a test costs. Files of `fast` and `process` share a process and its modules: loading our sources, the document
 * and a first chain for each file took half of the time. `deep` has what takes long, or is proven once in a release: `*.deep.test.ts`.
 * `--mode deep` runs everything at full length (test/support/depth.ts).
 */
export default defineConfig(({ mode }) => {
  const isDeep = mode === "deep";
  const shared = {
    exclude: ["**/node_modules/**", "test/examples/**", "**/*.deep.test.ts"],
    setupFiles: ["test/support/setup.ts"],
    env: { TEST_DEPTH: isDeep ? "deep" : "short" },
    testTimeout: isDeep ? 300_000 : 30_000,
    hookTimeout: 60_000,
    // A busy machine takes its time.
    expect: { poll: { timeout: 20_000 } },
  };
  const inProcess = "{config,contracts,control,engine,fixtures,http,model,ports,rpc,scenarios,services,webhooks}";
  const besideIt = "{browser,cli,conformance,in-process,vitest}";
  return {
    test: {
      // Node loads the sources itself, as it does for everyone who runs them; one that does not know `using` has Vite translate it.
      experimental: { viteModuleRunner: Number.parseInt(process.versions.node, 10) < 24 },
      // No file may depend on another that shares its process.
      sequence: { shuffle: { files: isDeep } },
      globalSetup: ["test/support/global-setup.ts"],
      // As many as there are cores: a test waits for other processes more than for its own.
      maxWorkers: "100%",
      projects: [
        {
          test: {
            ...shared,
            name: "fast",
            isolate: false,
            include: ["test/architecture/*.test.ts", `test/${inProcess}/**/*.test.ts`],
          },
        },
        {
          test: {
            ...shared,
            name: "process",
            isolate: false,
            include: [`test/${besideIt}/**/*.test.ts`, "test/crash/crash.test.ts"],
          },
        },
        { test: { ...shared, name: "deep", isolate: false, exclude: ["**/node_modules/**"], include: ["test/**/*.deep.test.ts"] } },
      ],
    },
  };
});
