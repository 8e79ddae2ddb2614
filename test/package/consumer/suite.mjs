import { describe, it } from "node:test";
import { createSandbox } from "getsmart-sandbox";
import { conformanceSuite } from "getsmart-sandbox/conformance";

conformanceSuite({
  describe,
  it,
  only: ["USER-*", "HOOK-01"],
  maxRps: 1000,
  async target() {
    const sandbox = await createSandbox();
    return { target: `${await sandbox.listen()}/v1`, apiKey: sandbox.apiKey, close: () => sandbox.close() };
  },
});
