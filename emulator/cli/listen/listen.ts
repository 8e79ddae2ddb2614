import { setTimeout as sleep } from "node:timers/promises";
import type { Missed } from "../../control/event-log.ts";
import type { EventRecord, EventType } from "../../model/event.ts";
import { type ClientOptions, type ControlClient, connect } from "../client.ts";
import { ControlError } from "../control-error.ts";
import { messagesOf, type StreamMessage } from "../event-source.ts";
import { httpUrl } from "../http-url.ts";
import { knownType } from "../trigger/trigger.ts";
import { UsageError } from "../usage-error.ts";
import { Forwarder } from "./forwarder.ts";
import { jsonLines, type Reporter, textLines } from "./report.ts";

interface ListenOptions extends ClientOptions {
  readonly forwardTo?: string;
  /** Types, with commas between; all without. */
  readonly events?: string;
  readonly printSecret?: boolean;
  readonly skipVerify?: boolean;
  readonly format: string;
}

const WISH = { kinds: "event" };

/** How long after a connection was lost the next is tried. */
const RETRY_MS = 500;

/**
 * Receives the sandbox's events and forwards them, until a signal ends it. While the sandbox is gone it waits for the same one to come back.
 * Throws UsageError, and ControlError when there is no sandbox, or another one has taken its place.
 */
export async function listen(options: ListenOptions): Promise<void> {
  const wanted = options.events === undefined ? null : typesOf(options.events);
  const url = options.forwardTo === undefined ? null : httpUrl(options.forwardTo, "--forward-to");
  const report = reporterOf(options.format);
  const client = await connect(options);
  const secret = await secretOf(client);
  if (options.printSecret) {
    process.stdout.write(`${secret}\n`);
    return;
  }
  const forwarder = url === null ? null : new Forwarder(url, { verify: options.skipVerify !== true }, report);
  endOnSignals(() => {
    const event_ids = forwarder?.left ?? [];
    if (event_ids.length > 0) report({ kind: "left", event_ids });
  });

  const wants = (type: EventType) => wanted === null || wanted.includes(type);
  let isReady = false;
  let seen: string | null = null;

  /** The first message of a connection: the session begins, or goes on. */
  function began({ missed: { known, events, more } }: { missed: Omit<Missed, "latest"> }): void {
    if (isReady) report({ kind: "reconnected", known, missed: events.filter(({ type }) => wants(type)), more });
    else report({ kind: "ready", secret, forward_to: url, events: wanted });
    isReady = true;
  }

  function received({ event: kind, id, data }: StreamMessage): void {
    if (id !== null) seen = id;
    if (kind === "watching") began(data as Parameters<typeof began>[0]);
    else if (kind === "reset") report({ kind: "reset" });
    else if (kind === "event" || kind === "resent") {
      const event = data as EventRecord;
      if (!wants(event.type)) return;
      report({ kind: "event", event, resent: kind === "resent" });
      forwarder?.forward(event, secret);
    }
  }

  for (let stream = await client.events(null, WISH); ; ) {
    try {
      for await (const message of messagesOf(stream)) received(message);
    } catch {
      // The connection broke.
    }
    report({ kind: "disconnected" });
    try {
      stream = await streamAgain(client, seen);
    } catch (error) {
      await forwarder?.settled();
      throw error;
    }
  }
}

/** The stream of the same sandbox, once it is back. Throws ControlError when it refuses, or another one is in its place. */
async function streamAgain(client: ControlClient, seen: string | null) {
  for (;;) {
    await sleep(RETRY_MS);
    try {
      return await (await client.again()).events(seen, WISH);
    } catch (error) {
      if (!(error instanceof ControlError) || error.code !== null) throw error;
    }
  }
}

async function secretOf(client: ControlClient): Promise<string> {
  return (await client.call<{ secret: string }>("GET", "/events/secret")).secret;
}

function typesOf(list: string): EventType[] | null {
  const types = list.split(",").map((each) => each.trim());
  return types.includes("*") ? null : types.map(knownType);
}

function reporterOf(format: string): Reporter {
  const write = (text: string) => process.stdout.write(text);
  // Who reads along may go: `listen | head`.
  if (format === "json") return jsonLines(write);
  if (format === "text") return textLines(write);
  throw new UsageError(`--format ${format}: there are text and json`);
}

/** Ends with success at a signal, after `last`. */
export function endOnSignals(last: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      last();
      process.exit(0);
    });
  }
}
