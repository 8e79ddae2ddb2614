import { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import type { Config } from "../config.ts";
import { oneLine, printable } from "./printable.ts";

/** Levels worth a word in front of the line. */
const WORDS: Readonly<Record<number, string>> = { 40: "warning: ", 50: "error: ", 60: "fatal: " };

/** The log of a running sandbox, on standard error: JSON lines, or one readable line each. */
export function openLog({ silent, logLevel, logFormat }: Pick<Config, "silent" | "logLevel" | "logFormat">): Logger {
  const level = silent && !["fatal", "silent"].includes(logLevel) ? "error" : logLevel;
  return pino({ level, base: null }, logFormat === "json" ? jsonLines(process.stderr) : prettyLines(process.stderr));
}

/** JSON leaves DEL and the controls beyond it as they are. */
function jsonLines(out: NodeJS.WritableStream) {
  return { write: (line: string) => void out.write(printable(line)) };
}

interface LogLine {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly duration_ms?: number;
  readonly request_id?: string;
  readonly err?: { readonly stack?: string };
}

/** `15:04:05 POST /v1/users 201 3.2 ms req_…` */
function prettyLines(out: NodeJS.WritableStream): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      for (const text of String(chunk).split("\n")) if (text !== "") out.write(`${pretty(JSON.parse(text))}\n`);
      done();
    },
  });
}

function pretty({ level, time, msg, duration_ms, request_id, err }: LogLine): string {
  const clock = new Date(time).toISOString().slice(11, 19);
  const parts = [clock, `${WORDS[level] ?? ""}${oneLine(msg)}`, duration_ms === undefined ? "" : `${duration_ms} ms`, request_id ?? ""];
  return [parts.filter((part) => part !== "").join(" "), ...(err?.stack ? [printable(err.stack)] : [])].join("\n");
}
