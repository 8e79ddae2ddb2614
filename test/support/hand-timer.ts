import type { Timer } from "../../emulator/ports/timer.ts";

/** A timer that a test rings. */
export class HandTimer implements Timer {
  armed: { readonly delayMs: number; readonly ring: () => void } | null = null;

  arm(delayMs: number, ring: () => void): void {
    this.armed = { delayMs, ring };
  }
  disarm(): void {
    this.armed = null;
  }
}
