/** One alarm. `arm` replaces what was armed before; delays of any length (Node's own stop at 24.8 days). */
export interface Timer {
  /** Calls `ring` once, about `delayMs` of real time from now. Never keeps the process alive. */
  arm(delayMs: number, ring: () => void): void;
  disarm(): void;
}
