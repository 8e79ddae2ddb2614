import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "./outcomes.ts";

/** What is judged: the base URL of a running implementation (ends in /v1), or an application in this process (Express and friends). */
export type Target = string | URL | RequestListener;

export interface OpenTarget {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly origin: string;
  readonly isLoopback: boolean;
  readonly isTls: boolean;
  close(): Promise<void>;
}

/** The platform's own server: judged only when that is said explicitly. */
export const PRODUCTION_HOST = "api.getstoken.org";

export async function openTarget(target: Target): Promise<OpenTarget> {
  if (typeof target !== "function") return describe(readBaseUrl(String(target)), async () => {});
  const server = createServer({ keepAliveTimeout: 65_000 }, target);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return describe(new URL(`http://127.0.0.1:${port}/v1`), async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}

/** Throws UsageError. */
export function readBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !["http:", "https:"].includes(url.protocol)) throw new UsageError(`--base-url: ${text} is no http or https URL`);
  if (url.username || url.search || url.hash) throw new UsageError("--base-url has no user, query or fragment");
  if (!/\/v1\/?$/.test(url.pathname)) throw new UsageError(`--base-url ends in /v1, the version that is judged: ${text}`);
  url.pathname = url.pathname.replace(/\/$/, "");
  return url;
}

export function isProduction(url: URL): boolean {
  return url.hostname.toLowerCase().replace(/\.$/, "") === PRODUCTION_HOST;
}

function describe(url: URL, close: () => Promise<void>): OpenTarget {
  return {
    baseUrl: url.href.replace(/\/$/, ""),
    origin: url.origin,
    isLoopback: /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname),
    isTls: url.protocol === "https:",
    close,
  };
}
