import { execFileSync } from "node:child_process";

/** How to run a command without a network: what to put in front of it, and in its environment. */
export interface Seclusion {
  readonly prefix: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const NAMESPACE = ["unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];

/** A network namespace that has nothing but loopback; where the machine allows none, proxies that do not answer. */
export function seclude(): Seclusion {
  try {
    execFileSync(NAMESPACE[0] as string, [...NAMESPACE.slice(1), "true"], { stdio: "pipe" });
    return { prefix: NAMESPACE, env: {} };
  } catch (error) {
    const reason = (error as Error).message.trim().replaceAll("\n", " ");
    console.log(`no network namespace on this machine (${reason}); dead proxies stand in for it`);
    const dead = "http://127.0.0.1:9";
    const proxies = Object.fromEntries(["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].map((name) => [name, dead]));
    return { prefix: [], env: { ...proxies, NO_PROXY: "127.0.0.1,localhost", NODE_USE_ENV_PROXY: "1" } };
  }
}
