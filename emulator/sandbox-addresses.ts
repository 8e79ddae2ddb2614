import type { Access } from "./control/access/access.ts";
import { isLoopbackHost } from "./model/network.ts";
import type { Certificate, Certificates } from "./ports/certificates.ts";
import type { Address } from "./sandbox-api.ts";
import { refuseUnknown } from "./sandbox-options.ts";

/** Addresses by what they serve, as `info` and the lock have them. */
export type Urls = { api?: string; control?: string; rpc?: string };

interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

interface At {
  readonly host: string;
  readonly port: number;
}

interface AddressParts {
  readonly urls: Urls;
  readonly access: Pick<Access, "listenOn">;
  /** Null for plain HTTP. */
  readonly certificates: Certificates | null;
  /** Further names that a certificate is for. */
  readonly hosts: readonly string[];
  readonly serveApi: (at: At & { readonly certificate?: Certificate }) => Promise<Served>;
  readonly serveRpc: (at: At) => Promise<Served>;
  /** Told where the API listens, before anybody can know it; `isLocal`: whether this machine alone reaches it. */
  readonly opening: (isLocal: boolean) => void;
  /** Told of every new address. */
  readonly opened: (urls: Urls) => void;
}

/** Where a sandbox is served, from the first `listen` to its end. */
export class Addresses {
  readonly #parts: AddressParts;
  readonly #servers: Served[] = [];

  constructor(parts: AddressParts) {
    this.#parts = parts;
  }

  async listen(address: Address = {}): Promise<string> {
    const { access, certificates, hosts, serveApi, opening } = this.#parts;
    const at = placeOf(address);
    access.listenOn(at.host);
    opening(isLoopbackHost(at.host));
    const certificate = await certificates?.issue([...new Set(["localhost", "127.0.0.1", "::1", at.host, ...hosts])]);
    const { origin } = this.#serve(await serveApi({ ...at, ...(certificate ? { certificate } : {}) }));
    this.#publish({ api: origin, control: `${origin}/_sandbox` });
    return origin;
  }

  async listenRpc(address: Address = {}): Promise<string> {
    const { access, serveRpc } = this.#parts;
    const at = placeOf(address);
    access.listenOn(at.host);
    const { origin } = this.#serve(await serveRpc(at));
    this.#publish({ rpc: origin });
    return origin;
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  #serve(server: Served): Served {
    this.#servers.push(server);
    return server;
  }

  #publish(more: Urls): void {
    const { urls, opened } = this.#parts;
    opened(Object.assign(urls, more));
  }
}

function placeOf(address: Address): At {
  refuseUnknown(address, ["host", "port"]);
  const { host = "127.0.0.1", port = 0 } = address;
  return { host, port };
}
