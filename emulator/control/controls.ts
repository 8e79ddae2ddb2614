import type { Finding } from "./doctor.ts";

/** What can be done to a running sandbox beside its API: the same for CLI, HTTP and in-process use. */
export interface Controls {
  /** Contracts deployed, fixture applied, writes possible. */
  ready(): boolean;
  info(): SandboxInfo;
  reset(): Promise<void>;
  snapshot(name: string): Promise<void>;
  restore(name: string): Promise<void>;
  deleteSnapshot(name: string): Promise<void>;
  snapshots(): readonly { name: string; seq: number; at: string }[];
  readonly clock: {
    show(): { now: string; mode: "running" | "frozen" };
    advance(ms: number): Promise<void>;
    advanceTo(instant: number): Promise<void>;
    freeze(): Promise<void>;
    run(): Promise<void>;
  };
  /** Mines blocks; returns the number of the last. */
  mine(blocks?: number): Promise<number>;
  doctor(): Promise<readonly Finding[]>;
}

export interface SandboxInfo {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  readonly fixture: string;
  readonly seed: string | null;
  readonly data_dir: string | null;
  readonly urls: { readonly api?: string; readonly control?: string; readonly rpc?: string };
  readonly chain: {
    readonly chain_id: number;
    readonly token_address: string;
    readonly badge_address: string;
    readonly block_number: number;
  };
  readonly mining: string;
}
