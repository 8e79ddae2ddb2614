import { setTimeout as sleep } from "node:timers/promises";
import { type ClientOptions, connect } from "./client.ts";
import { ControlError } from "./control-error.ts";

const EVERY_MS = 100;

/** Returns once the sandbox is ready: contracts deployed, fixture applied. Throws ControlError after `timeoutMs`. */
export async function waitUntilReady(options: ClientOptions, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      const client = await connect(options);
      await client.call("GET", "/ready");
      return;
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      if (performance.now() >= end) throw new ControlError(`not ready after ${timeoutMs / 1000} s: ${error.message}`, error.code);
    }
    await sleep(EVERY_MS);
  }
}
