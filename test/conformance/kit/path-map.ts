import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ApiDocument, Method } from "./document.ts";
import { nearest } from "./nearest.ts";
import { UsageError } from "./outcomes.ts";

/** Where an operation really is: `createUser: POST /accounts` for an implementation with other paths. */
export type PathMap = ReadonlyMap<string, { readonly method: Method; readonly path: string }>;

export const NO_MAP: PathMap = new Map();

/** Throws UsageError, naming the line that cannot be used. */
export function readPathMap(file: string, document: ApiDocument): PathMap {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--path-map: ${file} cannot be read: ${(error as Error).message}`);
  }
  if (content === null || typeof content !== "object" || Array.isArray(content))
    throw new UsageError(`--path-map: ${file} has no lines such as \`createUser: POST /accounts\``);
  return new Map(
    Object.entries(content).map(([id, place]) => {
      const operation = document.operations.find((each) => each.id === id);
      if (!operation) throw new UsageError(`--path-map: ${id} is no operation of the document; ${nearest(id, document)}`);
      const [, method, path] = /^(GET|POST|PUT|PATCH|DELETE) (\/\S*)$/.exec(String(place)) ?? [];
      if (!method || !path)
        throw new UsageError(`--path-map: ${id}: ${JSON.stringify(place)} is not of the form \`POST /accounts/{user_id}\``);
      const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
      if (String(names(path)) !== String(names(operation.path))) {
        throw new UsageError(`--path-map: ${id}: ${path} must have the parameters of ${operation.path}`);
      }
      return [id, { method: method as Method, path }] as const;
    }),
  );
}
