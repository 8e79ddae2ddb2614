import { oneLine } from "./printable.ts";

/** A line with lines below it. */
export interface Branch {
  readonly line: string;
  readonly below: readonly Branch[];
}

export function branch(line: string, below: readonly Branch[] = []): Branch {
  return { line: oneLine(line), below };
}

/** Drawn with lines, as `tree` draws folders. */
export function drawn({ line, below }: Branch): string {
  return [line, ...below.flatMap((each, index) => limb(each, index === below.length - 1))].join("\n");
}

function limb(each: Branch, isLast: boolean): string[] {
  const [first = "", ...rest] = drawn(each).split("\n");
  return [`${isLast ? "└─" : "├─"} ${first}`, ...rest.map((line) => `${isLast ? "  " : "│ "} ${line}`)];
}
