import type { ChainStep } from "../ports/chain.ts";
import type { RpcDeps } from "./deps.ts";
import type { LogFilter, RpcLog } from "./log-filter.ts";
import { quantity } from "./quantity.ts";
import { Told } from "./told.ts";

type Header = Readonly<Record<string, unknown>> & { readonly hash: string; readonly number: string };

/** Who wants to know of blocks: of those that come, and of the hashes of those that a revert took away. */
interface HeadFollower {
  readonly tell: (header: Header) => void;
  readonly gone?: (hashes: ReadonlySet<string>) => void;
}

interface Followers {
  readonly heads: Set<HeadFollower>;
  readonly logs: Set<{ readonly matches: LogFilter; readonly tell: (log: RpcLog) => void }>;
  readonly pending: Set<(hash: string) => void>;
}

/** Blocks of another branch that are told of one by one, in so many to a turn; of more only the last one is. */
const ENTERED = { most: 1000, inTurn: 25 };

/**
 * What happens on the chain, told after each commit: a block that its unit undid is never seen. Subscriptions push what
 * they are told, filters keep it until they are polled. After a revert the logs that it took away are told again with `removed`, then the
 * blocks of the branch it went to; the block it went back to where there are none.
 */
export class Feed {
  readonly #deps: Pick<RpcDeps, "chain" | "writer" | "log">;
  readonly #followers: Followers = { heads: new Set(), logs: new Set(), pending: new Set() };
  readonly #told = new Told();
  readonly #stop: (() => void)[];

  constructor(deps: Pick<RpcDeps, "chain" | "writer" | "log">) {
    this.#deps = deps;
    const { writer } = deps;
    this.#stop = [writer.onCommit(({ line }) => this.#committed(line.chain ?? [])), writer.onMove((stayed) => this.#moved(stayed))];
  }

  /** Each returns what stops it. */
  heads(tell: (header: Header) => void, gone?: (hashes: ReadonlySet<string>) => void): () => void {
    return follow(this.#followers.heads, { tell, ...(gone ? { gone } : {}) });
  }
  logs(matches: LogFilter, tell: (log: RpcLog) => void): () => void {
    return follow(this.#followers.logs, { matches, tell });
  }
  /** Hashes of the transactions sent, mined at once or not. */
  pending(tell: (hash: string) => void): () => void {
    return follow(this.#followers.pending, (hash: string) => tell(hash));
  }

  close(): void {
    for (const stop of this.#stop) stop();
  }

  /** Who follows is fixed now: the details are read later, and a follower that comes in between begins with the next commit. */
  #present(): Followers | null {
    const { heads, logs, pending } = this.#followers;
    if (heads.size + logs.size + pending.size > 0) return { heads: new Set(heads), logs: new Set(logs), pending: new Set(pending) };
    this.#told.clear();
    return null;
  }

  #committed(steps: readonly ChainStep[]): void {
    const followers = steps.length === 0 ? null : this.#present();
    if (!followers) return;
    const { writer, log } = this.#deps;
    writer.quiet(() => this.#tell(steps, followers)).catch((err) => log.error({ err }, "a block could not be told to its followers"));
  }

  async #tell(steps: readonly ChainStep[], followers: Followers): Promise<void> {
    for (const step of steps) {
      if ("mine" in step) await this.#tellBlock("eth_getBlockByHash", step.mine.hash, followers);
      else for (const tell of followers.pending) tell(step.hash);
    }
  }

  async #tellBlock(method: string, name: string, { heads, logs }: Followers): Promise<void> {
    const { chain } = this.#deps;
    const block = (await chain.request(method, [name, false])) as Header | null;
    // A restore that was queued before this took the block away.
    if (!block) return;
    for (const { tell } of heads) tell(headerOf(block));
    const found = logs.size === 0 ? [] : ((await chain.request("eth_getLogs", [{ blockHash: block.hash }])) as RpcLog[]);
    const wanted = found.filter((log) => [...logs].filter(({ matches }) => matches(log)).map(({ tell }) => tell(log)).length > 0);
    this.#told.add(block.hash, Number(block.number), wanted);
  }

  #moved(stayed: number): void {
    const followers = this.#present();
    if (!followers) return;
    this.#tellMove(stayed, followers).catch((err) => this.#deps.log.error({ err }, "a revert could not be told to its followers"));
  }

  async #tellMove(stayed: number, followers: Followers): Promise<void> {
    const { writer, chain } = this.#deps;
    const { epoch } = writer;
    const head = await writer.quiet(async () => {
      await writer.durable();
      await this.#tellGone(stayed, followers);
      return Number(await chain.request("eth_blockNumber", []));
    });
    const entered = stayed < 0 ? 0 : head - stayed;
    const isNews = entered > 0 && entered <= ENTERED.most;
    const told = isNews ? followers : { ...followers, logs: new Set<never>() };
    for (let from = isNews ? stayed + 1 : head; from <= head; from += ENTERED.inTurn) {
      await writer.quiet(async () => {
        // Another revert came, which is told after this.
        if (writer.epoch !== epoch) return;
        for (let at = from; at < from + ENTERED.inTurn && at <= head; at++)
          await this.#tellBlock("eth_getBlockByNumber", quantity(at), told);
      });
    }
  }

  async #tellGone(stayed: number, { heads, logs }: Followers): Promise<void> {
    const gone = new Set<string>();
    for (const block of this.#told.after(stayed)) {
      if (await this.#deps.chain.request("eth_getBlockByHash", [block.hash, false])) continue;
      this.#told.remove(block);
      gone.add(block.hash);
      for (const log of block.logs.toReversed()) {
        for (const { matches, tell } of logs) if (matches(log)) tell({ ...log, removed: true });
      }
    }
    if (gone.size > 0) for (const follower of heads) follower.gone?.(gone);
  }
}

function follow<T>(followers: Set<T>, follower: T): () => void {
  followers.add(follower);
  return () => followers.delete(follower);
}

function headerOf({ transactions: _, uncles: __, size: ___, ...header }: Header): Header {
  return header as Header;
}
