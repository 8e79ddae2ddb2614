/** `vitest run --mode deep` (npm run test:all) sets it in vitest.config.ts: property tests run at full length, fuzz and kills too. */
export const DEEP = process.env.TEST_DEPTH === "deep";

/** How often a property is tried: this many times in the second tier, a sixth of them in the first. */
export const runs = (full: number): number => (DEEP ? full : Math.ceil(full / 6));

/** A number from the environment, for whoever repeats or extends a run; else by tier. */
export function setting(name: string, { short, deep }: { readonly short: number; readonly deep: number }): number {
  return Number(process.env[name] ?? (DEEP ? deep : short));
}
