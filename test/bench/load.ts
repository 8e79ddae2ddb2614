import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Values } from "./figure.ts";

const AUTOCANNON = fileURLToPath(new URL("node_modules/autocannon/autocannon.js", import.meta.url));

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON to POST; without it the requests are GETs. */
  readonly body?: unknown;
  readonly seconds: number;
  readonly connections?: number;
}

/** Connections that ask again as soon as they are answered. */
const CONNECTIONS = 20;

/** Requests a second from a process of its own, after a warm-up that is not counted. Throws if any was refused. */
export async function load(what: Load): Promise<Values> {
  await shoot({ ...what, seconds: 2 });
  const { requests: _, ...values } = await shoot(what);
  return values;
}

/** The same without a warm-up; `requests`: how many there were. */
export async function shoot({ url, headers, body, seconds, connections = CONNECTIONS }: Load): Promise<Values> {
  const flags = ["-j", "-c", String(connections), "-d", String(seconds)];
  for (const [name, value] of Object.entries(headers)) flags.push("-H", `${name}: ${value}`);
  if (body !== undefined) flags.push("-m", "POST", "-H", "Content-Type: application/json", "-b", JSON.stringify(body));
  const { stdout } = await promisify(execFile)(process.execPath, [AUTOCANNON, ...flags, url], { maxBuffer: 2 ** 24 });
  const { requests, latency, non2xx, errors } = JSON.parse(stdout);
  if (non2xx > 0 || errors > 0) throw new Error(`${url}: ${non2xx} refused, ${errors} failed`);
  return { requests_per_s: requests.average, p99_ms: latency.p99, requests: requests.total };
}
