import { setTimeout as sleep } from "node:timers/promises";
import type { Missed } from "../../control/event-log.ts";
import type { EventRecord, EventType } from "../../model/event.ts";
import { type ClientOptions, ControlError, connect } from "../client.ts";
import { messagesOf, type StreamMessage } from "../event-source.ts";
import { knownType } from "../trigger/trigger.ts";
import { UsageError } from "../usage-error.ts";
import { Forwarder } from "./forwarder.ts";
import { jsonLines, type Reporter, textLines } from "./report.ts";

export interface ListenOptions extends ClientOptions {
  readonly forwardTo?: string;
  /** Types, with commas between; all without. */
  readonly events?: string;
  readonly printSecret?: boolean;
  readonly skipVerify?: boolean;
  readonly format: string;
}

/** How long after a connection was lost the next is tried. */
const RETRY_MS = 500;

/** Receives the sandbox's events and forwards them, until a signal ends it. Throws UsageError, and ControlError when there is no sandbox. */
export async function listen(options: ListenOptions): Promise<void> {
  const wanted = options.events === undefined ? null : typesOf(options.events);
  const url = options.forwardTo === undefined ? null : urlOf(options.forwardTo);
  const report = reporterOf(options.format);
  if (options.printSecret) {
    process.stdout.write(`${await secretOf(options)}\n`);
    return;
  }
  const forwarder = url === null ? null : new Forwarder(url, { verify: options.skipVerify !== true }, report);
  endOnSignals(() => {
    const event_ids = forwarder?.left ?? [];
    if (event_ids.length > 0) report({ kind: "left", event_ids });
  });

  const wants = (type: EventType) => wanted === null || wanted.includes(type);
  let secret = "";
  let seen: string | null = null;

  /** The first message of a connection: the session begins, or goes on. */
  function began({ missed: { known, events, more } }: { missed: Omit<Missed, "latest"> }, now: string): void {
    if (secret === "") report({ kind: "ready", secret: now, forward_to: url, events: wanted });
    else {
      const new_secret = now === secret ? null : now;
      report({ kind: "reconnected", new_secret, known, missed: events.filter(({ type }) => wants(type)), more });
    }
    secret = now;
  }

  function received({ event: kind, id, data }: StreamMessage, now: string): void {
    if (id !== null) seen = id;
    if (kind === "watching") began(data as Parameters<typeof began>[0], now);
    else if (kind === "reset") report({ kind: "reset" });
    else if (kind === "event" || kind === "resent") {
      const event = data as EventRecord;
      if (!wants(event.type)) return;
      report({ kind: "event", event, resent: kind === "resent" });
      forwarder?.forward(event, secret);
    }
  }

  for (;;) {
    const isFirst = secret === "";
    try {
      const now = await secretOf(options);
      const client = await connect(options);
      for await (const message of messagesOf(await client.events(seen, { kinds: "event" }))) received(message, now);
      report({ kind: "disconnected" });
    } catch (error) {
      // It refuses us: for good. While nothing answers, it may still come back.
      if (error instanceof ControlError && (isFirst || error.code !== null)) throw error;
      if (!(error instanceof ControlError)) report({ kind: "disconnected" });
    }
    await sleep(RETRY_MS);
  }
}

async function secretOf(options: ClientOptions): Promise<string> {
  const client = await connect(options);
  return (await client.call<{ secret: string }>("GET", "/events/secret")).secret;
}

function typesOf(list: string): EventType[] | null {
  const types = list.split(",").map((each) => each.trim());
  return types.includes("*") ? null : types.map(knownType);
}

/** `localhost:3000/hooks` is http. */
function urlOf(text: string): string {
  const address = /^[a-z][a-z+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const { protocol, username, password } = URL.canParse(address) ? new URL(address) : { protocol: "", username: "", password: "" };
  if (/^https?:$/.test(protocol) && username === "" && password === "") return address;
  throw new UsageError(`--forward-to ${text}: give an http or https URL, such as http://localhost:3000/webhooks`);
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
