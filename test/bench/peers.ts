import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { packageFile } from "../../emulator/package-root.ts";

/** Other servers, to stand beside: how they are started and when they are there. */
export const bin = (name: string) => packageFile(`node_modules/.bin/${name}`);

/** `prism mock` on our own document. */
export function prism(port: number): readonly string[] {
  return [packageFile("test/bench/node_modules/.bin/prism"), "mock", "--port", String(port), packageFile("spec/openapi.yaml")];
}

/** Waits for the first 200. Throws if the process ends before. */
export async function answers(ask: () => Promise<Response>, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(" ")} ended with ${child.exitCode}`);
    try {
      if ((await ask()).status === 200) return;
    } catch {}
    await sleep(2);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** The library as it is installed: what `npm run build` made. */
export function installed(): Promise<typeof import("../../emulator/sandbox.ts")> {
  return import(pathToFileURL(packageFile("dist/emulator/sandbox.js")).href);
}
