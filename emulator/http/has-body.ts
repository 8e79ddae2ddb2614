import type { IncomingMessage } from "node:http";

/**
 * Tells whether a request has a body, of which nothing is taken. What comes in chunks (RFC 9112, 7.1) may turn out to be empty, as proxies
 * send it for requests without a body: `tell` waits for the first byte or the end.
 */
export function whenBodyIsKnown(req: IncomingMessage, tell: (hasBody: boolean) => void): void {
  const { "content-length": length, "transfer-encoding": coding } = req.headers;
  if (coding === undefined) tell(length !== undefined && length !== "0");
  else if (req.readableLength > 0 || req.readableEnded) tell(!req.readableEnded);
  else {
    req.on("readable", look).once("end", ended);
    req.read(0);
  }

  function look(): void {
    // At the end there is nothing either; only reading it makes that known.
    if (req.readableLength === 0) req.read();
    else found(true);
  }

  function ended(): void {
    found(false);
  }

  function found(hasBody: boolean): void {
    req.off("readable", look).off("end", ended);
    // In its own turn: until then the stream counts as read by this listener.
    process.nextTick(tell, hasBody);
  }
}
