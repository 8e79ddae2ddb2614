import type { Capabilities } from "../kit/capabilities.ts";
import type { RunOptions } from "../kit/options.ts";

/** A request as it came to the broken server. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** As they were sent: repeated ones stay repeated. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Which connection it came on. */
  readonly connection: number;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** Asks the emulator behind. */
export type Forward = (request: Received) => Promise<Answered>;

/** One server: what it answers, with the emulator to ask. */
export type Handler = (request: Received, forward: Forward) => Promise<Answered>;

/** What a mutant may know of where it runs. */
export interface Surroundings {
  /** The good key. */
  readonly apiKey: string;
  /** Time as the controller moves it, in ms. */
  now(): number;
}

/** Which emulator stands behind. */
export type WorldName = "plain" | "limited" | "interval" | "tls";

/** What a TLS front does with plain HTTP, and which certificate it shows. */
export interface TlsFront {
  readonly plain: "refuse" | "redirect" | "serve" | "serve-then-refuse" | "close";
  readonly certificate: "good" | "other-host" | "expired";
}

interface Server {
  readonly id: string;
  /** Default `plain`: no limits. `limited`: 10/s and 1000/h. `interval`: blocks every 50 ms, so writes answer 202. */
  readonly world?: WorldName;
  readonly tls?: TlsFront;
  readonly capabilities?: Partial<Capabilities>;
  readonly options?: Partial<RunOptions>;
  /** Its own state each time. Without one: the emulator as it is. */
  readonly make?: (here: Surroundings) => Handler;
}

/** A server that is wrong in one way, and the requirements that must notice. */
export interface Mutant extends Server {
  /** What is wrong, as one would say it. */
  readonly breaks: string;
  readonly kills: readonly string[];
  /** Requirements that this defect breaks too, by its nature. Any other failure means that a check looks at what is not its matter. */
  readonly also?: readonly string[];
}

/** A server that does something in another way than the emulator, and is right. */
export interface Variant extends Server {
  readonly does: string;
  /** Checks to run; by default all of its world. */
  readonly only?: readonly string[];
  /** Requirements of other profiles that it does not keep. */
  readonly mayFail?: readonly string[];
}

/** A server that only looks like one. */
export interface Facade extends Server {
  readonly pretends: string;
  /** Either what must fail, or the exit code of a run that cannot even begin. */
  readonly kills: readonly string[] | 3;
}
