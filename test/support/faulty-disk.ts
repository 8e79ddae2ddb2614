import * as nodeFs from "node:fs";
import type { Disk } from "../../emulator/ports/disk.ts";

/** A disk that does as node:fs does, until a test makes it fail or wait. */
export class FaultyDisk implements Disk {
  readonly openSync = nodeFs.openSync;
  readonly fsyncSync = nodeFs.fsyncSync;
  readonly closeSync = nodeFs.closeSync;
  readonly fsync = nodeFs.fsync;
  readonly createReadStream = nodeFs.createReadStream;
  readonly existsSync = nodeFs.existsSync;
  readonly renameSync = nodeFs.renameSync;
  readonly rmSync = nodeFs.rmSync;
  readonly fstatSync = nodeFs.fstatSync;
  readonly statSync = nodeFs.statSync;
  /** Bytes that still fit: a write that does not fit is cut short, and one without any room throws ENOSPC. */
  room = Number.POSITIVE_INFINITY;
  /** Makes ftruncate fail. */
  refusesToCut = false;
  #answersAtOnce = false;
  /** Flushes that were asked for and not yet answered. */
  readonly flushes: ((error: NodeJS.ErrnoException | null) => void)[] = [];

  readonly writeSync = ((fd: number, bytes: Buffer, offset: number = 0) => {
    const length = Math.min(bytes.length - offset, this.room);
    if (length <= 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    this.room -= length;
    return nodeFs.writeSync(fd, bytes, offset, length);
  }) as Disk["writeSync"];

  readonly ftruncateSync = ((fd: number, size: number) => {
    if (this.refusesToCut) throw Object.assign(new Error("EIO: i/o error, ftruncate"), { code: "EIO" });
    nodeFs.ftruncateSync(fd, size);
  }) as typeof nodeFs.ftruncateSync;

  readonly fdatasync = ((_fd: number, done: (error: NodeJS.ErrnoException | null) => void) => {
    if (this.#answersAtOnce) done(null);
    else this.flushes.push(done);
  }) as typeof nodeFs.fdatasync;

  /** Answers the flushes under way, and from now on every one at once. */
  flushAll(): void {
    this.#answersAtOnce = true;
    for (const done of this.flushes.splice(0)) done(null);
  }

  /** From now on flushes wait again. */
  holdFlushes(): void {
    this.#answersAtOnce = false;
  }

  /** Answers the oldest flush. */
  flushed(error: NodeJS.ErrnoException | null = null): void {
    this.flushes.shift()?.(error);
  }
}
