import type { ChainStep } from "../ports/chain.ts";
import type { RpcDeps } from "./deps.ts";
import type { LogFilter, RpcLog } from "./log-filter.ts";

type Header = Readonly<Record<string, unknown>> & { readonly hash: string };

interface Followers {
  readonly heads: Set<(header: Header) => void>;
  readonly logs: Set<{ readonly matches: LogFilter; readonly tell: (log: RpcLog) => void }>;
  readonly pending: Set<(hash: string) => void>;
}

/**
 * What happens on the chain, told after each commit: a block that its unit undid is never seen. Subscriptions push what
 * they are told, filters keep it until they are polled.
 */
export class Feed {
  readonly #deps: Pick<RpcDeps, "chain" | "writer" | "log">;
  readonly #followers: Followers = { heads: new Set(), logs: new Set(), pending: new Set() };
  readonly #stop: () => void;

  constructor(deps: Pick<RpcDeps, "chain" | "writer" | "log">) {
    this.#deps = deps;
    this.#stop = deps.writer.onCommit(({ line }) => this.#committed(line.chain ?? []));
  }

  /** Each returns what stops it. */
  heads(tell: (header: Header) => void): () => void {
    return follow(this.#followers.heads, (header: Header) => tell(header));
  }
  logs(matches: LogFilter, tell: (log: RpcLog) => void): () => void {
    return follow(this.#followers.logs, { matches, tell });
  }
  /** Hashes of the transactions sent, mined at once or not. */
  pending(tell: (hash: string) => void): () => void {
    return follow(this.#followers.pending, (hash: string) => tell(hash));
  }

  close(): void {
    this.#stop();
  }

  /** Who follows is fixed now: the details are read later, and a follower that comes in between begins with the next commit. */
  #committed(steps: readonly ChainStep[]): void {
    const followers: Followers = {
      heads: new Set(this.#followers.heads),
      logs: new Set(this.#followers.logs),
      pending: new Set(this.#followers.pending),
    };
    if (steps.length === 0 || Object.values(followers).every(({ size }) => size === 0)) return;
    const { writer, log } = this.#deps;
    writer.quiet(() => this.#tell(steps, followers)).catch((err) => log.error({ err }, "a block could not be told to its followers"));
  }

  async #tell(steps: readonly ChainStep[], { heads, logs, pending }: Followers): Promise<void> {
    const { chain } = this.#deps;
    for (const step of steps) {
      if (!("mine" in step)) {
        for (const tell of pending) tell(step.hash);
        continue;
      }
      const { hash } = step.mine;
      const block = (await chain.request("eth_getBlockByHash", [hash, false])) as Record<string, unknown> | null;
      // A restore that was queued before this took the block away.
      if (!block) continue;
      for (const tell of heads) tell(headerOf(block));
      if (logs.size === 0) continue;
      for (const log of (await chain.request("eth_getLogs", [{ blockHash: hash }])) as RpcLog[]) {
        for (const { matches, tell } of logs) if (matches(log)) tell(log);
      }
    }
  }
}

function follow<T>(followers: Set<T>, follower: T): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}

function headerOf({ transactions: _, uncles: __, size: ___, ...header }: Record<string, unknown>): Header {
  return header as Header;
}
