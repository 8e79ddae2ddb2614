import type { ApiDocument } from "./document.ts";

/** For messages about a name that is no operation: those whose names share the most words with it. */
export function nearest(id: string, { operations }: ApiDocument): string {
  const words = id.split(/(?=[A-Z])|[^A-Za-z]+/).map((word) => word.toLowerCase().replace(/s$/, ""));
  const shared = (name: string) => words.filter((word) => word !== "" && name.toLowerCase().includes(word)).length;
  const best = Math.max(...operations.map((operation) => shared(operation.id)));
  const named = operations.flatMap((operation) => (best > 0 && shared(operation.id) === best ? [operation.id] : []));
  return named.length > 0 && named.length <= 5
    ? `did you mean ${named.join(" or ")}?`
    : "operations are named as in its operationId: createUser, mintTokens, …";
}
