import type { IncomingMessage } from "node:http";

/** One server-sent event. */
export interface StreamMessage {
  readonly event: string;
  /** Null where it says none. */
  readonly id: string | null;
  readonly data: unknown;
}

/** The control plane says something every 15 s; who says nothing for longer is gone. */
const SILENCE_MS = 45_000;

/** Reads what the control plane's event stream says (http/control/event-stream.ts), until it ends. Throws when the connection breaks. */
export async function* messagesOf(response: IncomingMessage): AsyncGenerator<StreamMessage> {
  response.setEncoding("utf8").setTimeout(SILENCE_MS, () => response.destroy());
  let unread = "";
  for await (const chunk of response) {
    const blocks = (unread + chunk).split("\n\n");
    unread = blocks.pop() as string;
    for (const block of blocks) {
      const message = messageOf(block);
      if (message) yield message;
    }
  }
}

/** Null for a comment. */
function messageOf(block: string): StreamMessage | null {
  const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  const [event, data] = [fields.get("event"), fields.get("data")];
  if (event === undefined || data === undefined) return null;
  return { event, id: fields.get("id") ?? null, data: JSON.parse(data) };
}
