import { Writable } from "node:stream";
import { type Logger, pino } from "pino";

/** A log of this level and above that is kept in memory. */
export function memoryLog(level = "trace"): { log: Logger; text: () => string } {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: pino({ level }, sink), text: () => lines.join("") };
}
