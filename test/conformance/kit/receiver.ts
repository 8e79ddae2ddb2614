import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { TargetUnusable } from "./outcomes.ts";

/**
 * Where webhooks are received: on loopback, for a target on this machine; or behind a public address (a tunnel, a reverse proxy) that
 * leads to `listen` (`host:port`) here.
 */
export type ReceiverPlace = "loopback" | { readonly url: string; readonly listen: string };

/** A webhook that came. */
export interface Hook {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** When, in ms of real time. */
  readonly at: number;
}

/** How an inbox answers: with a status, with a redirection, or not at all. */
export type Manner = number | { readonly location: string } | "hang";

/** One address of the receiver. */
export interface Inbox {
  readonly url: string;
  readonly hooks: readonly Hook[];
  manner: Manner;
  /** Those that came, once there are `wanted` that fit, or the time is over. Real time. */
  count(wanted: number, ms: number, fits?: (hook: Hook) => boolean): Promise<readonly Hook[]>;
}

interface Box extends Inbox {
  readonly hooks: Hook[];
}

/** A real HTTP server that keeps what it is sent. */
export class Receiver {
  readonly #server: Server;
  readonly #base: string;
  readonly #boxes = new Map<string, Box>();

  private constructor(server: Server, base: string) {
    this.#server = server;
    this.#base = base;
    server.on("request", async (req, res) => {
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of req) chunks.push(chunk as Buffer);
      } catch {
        // The sender hung up in the middle: nothing came.
        return;
      }
      const box = this.#boxes.get((req.url ?? "").split("/").at(-1) ?? "");
      if (!box) return void res.writeHead(404).end();
      const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]));
      box.hooks.push({ method: req.method ?? "", headers, body: Buffer.concat(chunks), at: Date.now() });
      if (box.manner === "hang") return;
      if (typeof box.manner === "number") res.writeHead(box.manner).end();
      else res.writeHead(302, { location: box.manner.location }).end();
    });
  }

  /** Throws TargetUnusable when nothing can be received there. */
  static async open(place: ReceiverPlace): Promise<Receiver> {
    const [, host = "127.0.0.1", port = "0"] = place === "loopback" ? [] : (/^(.*):(\d+)$/.exec(place.listen) ?? []);
    const server = createServer();
    server.unref();
    await new Promise<void>((resolve, reject) =>
      server.once("error", reject).listen(Number(port), host.replace(/^\[(.*)\]$/, "$1"), resolve),
    ).catch((error: Error) => {
      throw new TargetUnusable(
        `the webhook receiver cannot listen on ${host}:${port} (${error.message}); choose another: --webhook-listen`,
      );
    });
    const base = place === "loopback" ? `http://127.0.0.1:${(server.address() as AddressInfo).port}` : place.url.replace(/\/$/, "");
    const receiver = new Receiver(server, base);
    if (place !== "loopback")
      await receiver.#prove(place.listen).catch(async (error: Error) => {
        await receiver.close();
        throw error;
      });
    return receiver;
  }

  /** An address that nobody else knows. */
  inbox(manner: Manner = 204): Inbox {
    const name = `hook-${randomBytes(9).toString("hex")}`;
    const hooks: Hook[] = [];
    const box: Box = {
      url: `${this.#base}/${name}`,
      hooks,
      manner,
      async count(wanted, ms, fits = () => true) {
        for (const until = performance.now() + ms; ; await delay(10)) {
          const found = hooks.filter(fits);
          if (found.length >= wanted || performance.now() > until) return found;
        }
      },
    };
    this.#boxes.set(name, box);
    return box;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The public address must lead here, or every check that waits for a webhook would be red for the wrong reason. */
  async #prove(listen: string): Promise<void> {
    const box = this.inbox();
    const asked = await fetch(box.url, { method: "POST", body: "{}", signal: AbortSignal.timeout(10_000) }).catch((error: Error) => {
      const { message = error.message } = (error.cause ?? {}) as Partial<Error>;
      throw new TargetUnusable(`the webhook receiver ${this.#base} cannot be reached: ${message}`);
    });
    if (box.hooks.length === 0)
      throw new TargetUnusable(`${this.#base} answers ${asked.status}, but does not lead to ${listen} of this machine (--webhook-listen)`);
  }
}
