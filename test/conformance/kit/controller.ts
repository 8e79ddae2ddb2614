import { UsageError } from "./outcomes.ts";
import type { Controller } from "./time.ts";

/** The control plane of a sandbox, `http://127.0.0.1:4010/_sandbox`. Others may offer the same two routes. */
export function httpController(url: string, token: string | undefined): Controller & { isSandbox(): Promise<boolean> } {
  if (!URL.canParse(url)) throw new UsageError(`--controller: ${url} is no URL`);
  const base = url.replace(/\/$/, "");
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  return {
    async advance(ms) {
      const answer = await fetch(`${base}/clock/advance`, { method: "POST", headers, body: JSON.stringify({ by: `${ms}ms` }) });
      if (!answer.ok) throw new Error(`the controller answered ${answer.status} to clock/advance`);
    },
    /** Our sandbox counts its quotas on real time plus advances, so its limiter follows this clock. */
    async isSandbox() {
      const answer = await fetch(`${base}/info`, { headers }).catch(() => null);
      const body = (await answer?.json().catch(() => null)) as { data?: { fixture?: unknown; chain?: unknown } } | null;
      return body?.data?.fixture !== undefined && body.data.chain !== undefined;
    },
  };
}
