/** More than any document asks for: nodes of a body in all, and how deep they are nested. */
const MOST_NODES = 5000;
const MOST_DEPTH = 64;

/**
 * The beginning of a JSON value, for checking one that is larger than any that a document allows: each member too many would be an error
 * object of Ajv's, half a million of them for an array of 1 MiB. `isCut`: whether something is left out.
 */
export function excerptOf(value: unknown): { readonly excerpt: unknown; readonly isCut: boolean } {
  let nodes = 0;
  let isCut = false;
  const excerpt = copy(value, 0);
  return isCut ? { excerpt, isCut } : { excerpt: value, isCut };

  function copy(node: unknown, depth: number): unknown {
    nodes += 1;
    if (node === null || typeof node !== "object") return node;
    if (depth === MOST_DEPTH) {
      isCut = true;
      return null;
    }
    return Array.isArray(node) ? copiedArray(node, depth) : copiedObject(node, depth);
  }

  function copiedArray(node: readonly unknown[], depth: number): unknown[] {
    const items: unknown[] = [];
    for (const item of node) {
      if (isFull()) break;
      items.push(copy(item, depth + 1));
    }
    return items;
  }

  function copiedObject(node: object, depth: number): object {
    const members: [string, unknown][] = [];
    for (const name of Object.keys(node)) {
      if (isFull()) break;
      members.push([name, copy((node as Record<string, unknown>)[name], depth + 1)]);
    }
    return Object.fromEntries(members);
  }

  function isFull(): boolean {
    isCut ||= nodes >= MOST_NODES;
    return nodes >= MOST_NODES;
  }
}
