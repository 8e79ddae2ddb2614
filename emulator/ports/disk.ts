import type * as nodeFs from "node:fs";

/** The calls of node:fs that keep the journal; tests stand a full or a slow disk in their place. */
export type Disk = Pick<
  typeof nodeFs,
  | "openSync"
  | "writeSync"
  | "ftruncateSync"
  | "fdatasync"
  | "fsync"
  | "fsyncSync"
  | "closeSync"
  | "createReadStream"
  | "existsSync"
  | "renameSync"
  | "rmSync"
  | "fstatSync"
  | "statSync"
>;

/** What a test may replace of the machine. */
export interface Machine {
  readonly disk?: Disk;
  /** How often the sandbox looks whether nothing has happened, in ms. */
  readonly idleMs?: number;
}
