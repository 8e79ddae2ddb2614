import { createHash, timingSafeEqual } from "node:crypto";
import { CONTROL_TOKEN_FORM } from "../../model/control-token.ts";
import { ApiError } from "../../model/errors.ts";
import { isLoopbackHost } from "../../model/network.ts";
import { normalOrigin } from "../../model/origin.ts";
import { isOriginOfHost, Origins } from "./origins.ts";
import { isPage } from "./paths.ts";
import { ServedHosts } from "./served-hosts.ts";

export interface AccessSettings {
  /** Further Host names to serve. */
  readonly allowHosts?: readonly string[];
  /** Origins whose pages may call /v1, besides loopback ones (model/origin.ts says in which form). */
  readonly cors?: readonly string[];
  /** The same for JSON-RPC. */
  readonly rpcCors?: readonly string[];
  /** Where clients elsewhere reach the API: its origin's pages are the sandbox's own. */
  readonly publicUrl?: string | null;
  readonly controlToken?: string | null;
}

/** Headers as Node gives them. */
export type SentHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Why a request is not served. */
export interface Denial {
  readonly code: "HOST_NOT_ALLOWED" | "ORIGIN_NOT_ALLOWED" | "AUTHENTICATION_REQUIRED";
  readonly message: string;
}

/**
 * Who may call what, for the API, the control plane and JSON-RPC alike. A browser reaches a loopback port for any page that its user
 * visits, so the Host is checked against DNS rebinding, and the origin wherever there is something to read or to change without an API key.
 */
export class Access {
  readonly #hosts: ServedHosts;
  readonly #api: Origins;
  readonly #rpc: Origins;
  readonly #publicOrigin: string | null;
  readonly #token: Buffer | null;

  constructor({ allowHosts, cors, rpcCors, publicUrl, controlToken }: AccessSettings = {}) {
    this.#hosts = new ServedHosts(allowHosts);
    this.#api = new Origins(cors);
    this.#rpc = new Origins(rpcCors);
    this.#publicOrigin = publicUrl ? normalOrigin(publicUrl) : null;
    this.#token = controlToken ? digest(controlToken) : null;
  }

  /** A server is going to listen on this host. Throws INVALID_REQUEST for one that other machines reach when there is no control token. */
  listenOn(host: string): void {
    if (this.#token === null && !isLoopbackHost(host)) {
      throw new ApiError(
        "INVALID_REQUEST",
        `host: other machines reach ${JSON.stringify(host)}; protect the control plane with a control token (--control-token, or controlToken of createSandbox: ${CONTROL_TOKEN_FORM}), or listen on 127.0.0.1.`,
        { param: "host" },
      );
    }
    this.#hosts.add(host);
  }

  /** For people: the Hosts that are served. */
  get hosts(): string {
    return String(this.#hosts);
  }

  /** `host`: the Host header. */
  host(host: string | undefined): Denial | null {
    if (this.#hosts.has(host)) return null;
    return { code: "HOST_NOT_ALLOWED", message: unservedHost(host) };
  }

  /**
   * The control plane and the dashboard: programs, the sandbox's own pages, and navigations to a page. All but the pages themselves, which
   * hold no state, need the control token if there is one.
   */
  control(method: string | undefined, path: string, headers: SentHeaders): Denial | null {
    const isOfPage = isPage(path) && (method === "GET" || method === "HEAD");
    if (isOfPage && method === "GET" && isNavigation(headers)) return null;
    return (
      this.#foreign("the control plane", headers) ?? (isOfPage ? null : this.#unauthenticated("The control plane needs its token", headers))
    );
  }

  /** JSON-RPC, over HTTP or by a WebSocket: programs, and pages of allowed origins. */
  rpc(headers: SentHeaders): Denial | null {
    const origin = originIn(headers);
    // A page's request without an Origin is a GET, which is not served anyway.
    if (origin === null ? isOfOwnSite(headers) : this.#rpc.has(origin) || this.#isOwn(origin, headers)) return null;
    const message = `JSON-RPC does not serve pages of ${pagesOf(origin)}. If they are yours, name their origin with --rpc-cors.`;
    return { code: "ORIGIN_NOT_ALLOWED", message };
  }

  /**
   * A method of JSON-RPC, for a caller whose Host and Origin are served. `isLocal`: the server listens on loopback alone. Methods are
   * control unless they are known to be something else.
   */
  rpcMethod(method: string, headers: SentHeaders, isLocal: boolean): Denial | null {
    const unauthenticated = () => this.#unauthenticated(`The method ${shown(method)} needs the control token`, headers);
    if (ACCOUNT_METHOD.test(method)) return isLocal ? null : unauthenticated();
    if (OPEN_METHOD.test(method)) return null;
    return this.#foreign(`the method ${shown(method)}`, headers) ?? unauthenticated();
  }

  /** What `Access-Control-Allow-Origin` says to the page that asks; null for no page, or none that may read the answer. */
  originFor(of: "api" | "rpc", headers: SentHeaders): string | null {
    const origins = of === "api" ? this.#api : this.#rpc;
    const origin = originIn(headers);
    if (origin === null || !(origins.has(origin) || origin === this.#publicOrigin)) return null;
    return origins.isOpen ? "*" : origin;
  }

  /** The origin of a page elsewhere that may not call /v1; null where there is none. */
  refusedByApi(headers: SentHeaders): string | null {
    const origin = originIn(headers);
    return origin === null || this.#api.has(origin) || this.#isOwn(origin, headers) ? null : origin;
  }

  #isOwn(origin: string, { host }: SentHeaders): boolean {
    return origin === this.#publicOrigin || isOriginOfHost(origin, host === undefined ? undefined : String(host));
  }

  #foreign(what: string, headers: SentHeaders): Denial | null {
    const origin = originIn(headers);
    const isOwn = headers["sec-fetch-site"] === undefined ? origin === null || this.#isOwn(origin, headers) : isOfOwnSite(headers);
    if (isOwn) return null;
    const message = `Pages of ${pagesOf(origin)} may not call ${what}; open the sandbox's own address or its --public-url.`;
    return { code: "ORIGIN_NOT_ALLOWED", message };
  }

  #unauthenticated(need: string, { authorization }: SentHeaders): Denial | null {
    if (this.#token === null) return null;
    const [, sent] = /^bearer +(\S+) *$/i.exec(String(authorization ?? "")) ?? [];
    // Compared by hashes, so that the time taken says nothing.
    if (sent !== undefined && timingSafeEqual(digest(sent), this.#token)) return null;
    return { code: "AUTHENTICATION_REQUIRED", message: `${need}: send \`Authorization: Bearer TOKEN\` with the value of --control-token.` };
  }
}

/** Accounts that the sandbox signs for. */
const ACCOUNT_METHOD = /^(eth_accounts$|eth_sendTransaction$|eth_sign|personal_)/;
/** Reads, and transactions that their sender has signed. */
const OPEN_METHOD = /^((eth|net|web3|txpool)_|debug_trace)/;

function originIn({ origin }: SentHeaders): string | null {
  return origin === undefined ? null : String(origin);
}

/** A link that was followed, or an address that was typed; not a frame within another page (Fetch Metadata, 2.1 and 2.2). */
function isNavigation(headers: SentHeaders): boolean {
  return headers["sec-fetch-mode"] === "navigate" && (headers["sec-fetch-dest"] ?? "document") === "document";
}

/** By what browsers say, which no page can change; true for a program, which says nothing (Fetch Metadata, 2.3). */
function isOfOwnSite(headers: SentHeaders): boolean {
  return ["same-origin", "none", undefined].includes(headers["sec-fetch-site"] as string | undefined);
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function unservedHost(host: string | undefined): string {
  if (!host) return "This sandbox does not serve requests without a Host.";
  const name = host.replace(/:\d+$/, "");
  // To be pasted into a shell.
  if (!/^([A-Za-z0-9._-]{1,253}|\[[0-9a-fA-F:.]{2,45}\])$/.test(name)) return "This sandbox does not serve the host that was sent.";
  return `This sandbox does not serve the host ${name}. If it is yours, start it with --allow-host ${name.replace(/^\[|\]$/g, "")}.`;
}

function pagesOf(origin: string | null): string {
  return origin !== null && isPrintable(origin) ? origin : "another origin";
}

/** The name of a method in a sentence: what could not be read there is left out. */
function shown(method: string): string {
  return isPrintable(method) ? method : "that was sent";
}

/** Short, and without control characters that would reach a terminal. */
function isPrintable(value: string): boolean {
  return /^[!-~]{1,100}$/.test(value);
}
