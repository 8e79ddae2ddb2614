import type { Response } from "express";
import type { ConnectionFault } from "../../model/fault.ts";
import type { HangingRequests } from "./hanging.ts";

/** Lets a request go without its answer. */
export function breakConnection(res: Response, connection: Exclude<ConnectionFault, "slow">, hanging: HangingRequests): void {
  if (connection === "hang") {
    hanging.hold(res);
    return;
  }
  const { socket } = res;
  if (!socket) return;
  if (connection === "empty") socket.end();
  // Not HTTP, nor anything else.
  if (connection === "garbage") socket.end(Buffer.from("\u0000\u00fe\u00ff not the answer you expected \r\n\r\n", "latin1"));
  if (connection !== "reset") return;
  try {
    socket.resetAndDestroy();
  } catch {
    // A TLS socket cannot reset the one below it.
    socket.destroy();
  }
}
