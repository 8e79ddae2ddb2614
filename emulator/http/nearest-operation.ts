import { editDistance } from "../model/edit-distance.ts";
import type { Operation } from "./document.ts";

type Route = Pick<Operation, "id" | "method" | "path">;

/** The most that may be wrong with a path: three letters, or a segment and one letter. */
const MOST = 3;
const SEGMENT = 2;
/** A literal that fits is worth more than a parameter, which fits anything. */
const PARAMETER = 0.5;
const OTHER_METHOD = 0.75;

/** Nobody means a path of more than this; comparing takes time. */
const LONGEST = { segments: 8, letters: 64 };

/** The operation that a path without a route was probably meant for, or null: a letter or segment wrong, no version, a slash too many. */
export function nearestOperation<R extends Route>(operations: readonly R[], method: string, path: string): R | null {
  const asked = segmentsOf(path).filter((segment, index) => !(index <= 1 && /^v\d+(\.\d+)*$/.test(segment)));
  if (asked.length === 0 || asked.length > LONGEST.segments || asked.some(({ length }) => length > LONGEST.letters)) return null;
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  let nearest: R | null = null;
  let least = MOST;
  for (const operation of operations) {
    const cost = pathCost(asked, segmentsOf(operation.path)) + (operation.method === verb ? 0 : OTHER_METHOD);
    if (cost > least || (cost === least && nearest)) continue;
    nearest = operation;
    least = cost;
  }
  return nearest;
}

/** Lower case, dashes for underscores: kebab and snake are the same. */
function segmentsOf(path: string): string[] {
  const segments = path.split("/").filter((segment) => segment !== "");
  return segments.map((segment) => (isParameter(segment) ? segment : segment.toLowerCase().replaceAll("_", "-")));
}

function isParameter(segment: string): boolean {
  return segment.startsWith("{");
}

/** Edit distance over segments. Infinite when no literal is alike: parameters alone do not make a likeness. */
function pathCost(asked: readonly string[], path: readonly string[]): number {
  const alike = path.some(
    (segment) => !isParameter(segment) && asked.some((each) => segmentCost(each, segment) < Number.POSITIVE_INFINITY),
  );
  return alike ? editDistance(asked, path, { replace: segmentCost, skip: () => SEGMENT, exchange: 1 }) : Number.POSITIVE_INFINITY;
}

function segmentCost(asked: string, segment: string): number {
  if (isParameter(segment)) return PARAMETER;
  const letters = editDistance([...asked], [...segment], { exchange: 1 });
  return letters <= Math.ceil(segment.length / 4) ? letters : Number.POSITIVE_INFINITY;
}
