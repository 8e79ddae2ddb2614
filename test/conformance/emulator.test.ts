/** The kit before the emulator, as it stands before any other implementation; over a port: running-emulator.deep.test.ts. */
import { describe, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import { conformanceSuite } from "./kit/index.ts";
import { ALL } from "./tests/profile.ts";

describe("the application in this process, one test a requirement", () => {
  conformanceSuite({
    describe,
    it,
    ...ALL,
    async target() {
      const sandbox = await createSandbox();
      return { target: sandbox.app, apiKey: sandbox.apiKey, close: () => sandbox.close() };
    },
  });
});
