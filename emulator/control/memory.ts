import { getHeapStatistics } from "node:v8";
import { ApiError } from "../model/errors.ts";

/** Share of the memory that Node gives a process, from which on a sandbox says that it is running out of it. */
const WARN_AT = 0.8;
/** From which on nothing large is begun or continued. */
const REFUSE_AT = 0.9;

type Statistics = Pick<ReturnType<typeof getHeapStatistics>, "used_heap_size" | "heap_size_limit">;

/** What to say when little memory is left; null while there is enough. All records and the chain are held in memory. */
export function memoryWarning(statistics: Statistics = getHeapStatistics()): string | null {
  return shareOf(statistics) < WARN_AT ? null : `${sayUsed(statistics)} ${ADVICE}`;
}

/** Throws PAYLOAD_TOO_LARGE when so little memory is left that the process would end. */
export function refuseFullMemory(statistics: Statistics = getHeapStatistics()): void {
  if (shareOf(statistics) < REFUSE_AT) return;
  throw new ApiError("PAYLOAD_TOO_LARGE", `This is more than fits in memory. ${sayUsed(statistics)} ${ADVICE}`);
}

/** How many commits apart it is looked at. */
const EVERY = 256;

/** To be called with each commit: warns once that memory is running out, and again only after there was enough in between. */
export function watchMemory(warn: (sentence: string) => void, look: () => string | null = memoryWarning): () => void {
  let commits = 0;
  let isWarned = false;
  return () => {
    commits += 1;
    if (commits % EVERY !== 0) return;
    const warning = look();
    if (warning !== null && !isWarned) warn(warning);
    isWarned = warning !== null;
  };
}

const ADVICE = "Start it with more, such as NODE_OPTIONS=--max-old-space-size=8192 (MB), or with less data.";

function shareOf({ used_heap_size, heap_size_limit }: Statistics): number {
  return used_heap_size / heap_size_limit;
}

function sayUsed({ used_heap_size, heap_size_limit }: Statistics): string {
  const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
  return `The sandbox uses ${mb(used_heap_size)} MB of the ${mb(heap_size_limit)} MB of memory that Node gives it.`;
}
