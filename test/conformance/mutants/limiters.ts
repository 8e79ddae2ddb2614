import type { Answered, Handler, Received, Surroundings } from "./mutant.ts";
import { at, editing, keyOf, refusal } from "./tamper.ts";

/** Takes one request at an instant (ms); false refuses it. */
export interface Limiter {
  take(now: number): boolean;
}

/** At most `q` in any `ms`. */
export function sliding(q: number, ms: number): Limiter {
  let taken: number[] = [];
  return {
    take(now) {
      taken = taken.filter((each) => now - each < ms);
      if (taken.length >= q) return false;
      taken.push(now);
      return true;
    },
  };
}

/** At most `q` in each window that begins at a multiple of `ms`. */
export function fixed(q: number, ms: number): Limiter {
  let window = -1;
  let taken = 0;
  return {
    take(now) {
      if (Math.floor(now / ms) !== window) [window, taken] = [Math.floor(now / ms), 0];
      if (taken >= q) return false;
      taken += 1;
      return true;
    },
  };
}

/** A bucket of `q` that fills in `ms`. */
export function bucket(q: number, ms: number): Limiter {
  let [level, last] = [q, 0];
  return {
    take(now) {
      level = Math.min(q, level + ((now - last) / ms) * q);
      last = now;
      if (level < 1) return false;
      level -= 1;
      return true;
    },
  };
}

/** Both limits; what one refuses the other does not count. */
export function both(second: () => Limiter, hour: () => Limiter): () => Limiter {
  return () => {
    const [a, b] = [second(), hour()];
    return { take: (now) => a.take(now) && b.take(now) };
  };
}

/** Ours: ten a second and a thousand an hour. */
export const published = (algorithm: typeof sliding = sliding) =>
  both(
    () => algorithm(10, 1000),
    () => algorithm(1000, 3_600_000),
  );

interface Metering {
  /** One limiter for all requests of the same name; by default the key. */
  readonly by?: (request: Received) => string;
  readonly limiter: () => Limiter;
  readonly refuse?: (request: Received) => Answered;
}

/** A server with a limiter of its own before an emulator that has none. */
export function metered({
  by = (request) => keyOf(request) ?? "",
  limiter,
  refuse = throttled,
}: Metering): (here: Surroundings) => Handler {
  return ({ now }) => {
    const limiters = new Map<string, Limiter>();
    const saysLimits = editing(at("GET /meta"), (json) => void (json.data.limits.enabled = true))();
    return async (request, forward) => {
      if (keyOf(request) === null) return await saysLimits(request, forward);
      const name = by(request);
      const found = limiters.get(name) ?? limiter();
      limiters.set(name, found);
      return found.take(now()) ? await forward(request) : refuse(request);
    };
  };
}

export function throttled(): Answered {
  return refusal(429, "RATE_LIMIT_EXCEEDED", { "retry-after": "1" });
}
