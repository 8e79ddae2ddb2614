/** Data made on a computer whose clock is ahead (`faketime`) goes on from the last instant that it has: the clock runs, and due retries come. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { LAUNCHER } from "../support/package.ts";
import { start, startBy } from "../support/processes.ts";
import { Receiver } from "../support/receiver.ts";
import { lacks } from "../support/tools.ts";

it.skipIf(lacks("faketime", "faketime"))(
  "made an hour ahead, started without it",
  async () => {
    const cwd = newFolder();
    const receiver = await Receiver.open(503);
    const flags = ["start", "--port", "0", "--rpc-port", "0", "--fixture", "empty", "--data-dir", "data"];
    // Timers count real time.
    const env = { DONT_FAKE_MONOTONIC: "1" };
    const ahead = await startBy("faketime", ["-f", "+1h", process.execPath, LAUNCHER, ...flags], { cwd, env });
    const keyOf = (banner: string) => /API key +(\S+)/.exec(banner)?.[1] as string;
    const post = (base: string, banner: string, path: string, body: unknown) =>
      fetch(`${base}${path}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${keyOf(banner)}`, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    await post(ahead.base, ahead.banner, "/webhook-endpoints", { url: receiver.url });
    await post(ahead.base, ahead.banner, "/users", { email: "ada@example.com", display_name: "Ada" });
    await receiver.count(1);
    await sleep(500);
    // `faketime` does not hand a signal on.
    const info = await fetch(`${ahead.base.replace("/v1", "/_sandbox")}/info`);
    const { data } = (await info.json()) as { data: { pid: number } };
    process.kill(data.pid, "SIGTERM");
    await ahead.stop();

    const again = await start(["--fixture", "empty", "--data-dir", "data"], { cwd });
    const clock = async () => {
      const response = await fetch(`${again.base.replace("/v1", "/_sandbox")}/clock`);
      const { data } = (await response.json()) as { data: { now: string; mode: string } };
      return data;
    };
    const first = await clock();
    await sleep(300);
    const later = await clock();
    expect([first.mode, later.mode]).toEqual(["running", "running"]);
    expect(Date.parse(first.now) - Date.now()).toBeGreaterThan(3_500_000);
    expect(Date.parse(later.now) - Date.parse(first.now)).toBeGreaterThanOrEqual(250);
    // The second attempt is due five seconds after the first.
    const began = performance.now();
    while (receiver.received.length < 2 && performance.now() - began < 15_000) await sleep(100);
    expect(receiver.received).toHaveLength(2);
    await again.stop();
    await receiver.close();
  },
  90_000,
);
