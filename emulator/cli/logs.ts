import type { RequestSummary } from "../control/exchange.ts";
import type { ControlClient } from "./client.ts";
import { messagesOf } from "./event-source.ts";
import { endOnSignals } from "./listen/listen.ts";
import { printable } from "./printable.ts";
import { requestLine } from "./requests.ts";

interface TailFlags {
  readonly filterStatus?: string;
  readonly filterPath?: string;
  readonly format: string;
}

/** Prints requests as they are answered, until a signal comes or the sandbox stops. */
export async function tailLogs(client: ControlClient, { filterStatus, filterPath, format }: TailFlags): Promise<void> {
  // Who reads along may go: `logs tail | head`.
  endOnSignals(() => {});
  const wish = {
    kinds: "request",
    ...(filterStatus === undefined ? {} : { status: filterStatus }),
    ...(filterPath === undefined ? {} : { path: filterPath }),
  };
  for await (const { event, data } of messagesOf(await client.events(null, wish))) {
    if (event === "request")
      process.stdout.write(`${format === "json" ? printable(JSON.stringify(data)) : requestLine(data as RequestSummary)}\n`);
    else if (event === "reset" && format === "text") process.stderr.write("The sandbox was reset or restored.\n");
  }
  if (format === "text") process.stderr.write("The sandbox has stopped.\n");
}
