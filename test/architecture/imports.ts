import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Expression, parseSync, type StringLiteral, Visitor } from "oxc-parser";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One module that a file names: a path from the root, or a package. `node:` modules are left out. */
export interface Import {
  readonly target: string;
  /** Loaded with the file itself: neither a type only nor an `import()`. */
  readonly isEager: boolean;
}

/** The TypeScript files below a folder, as paths from the root. */
export function sources(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter(({ name }) => name !== "node_modules");
  return entries
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
    })
    .sort();
}

export const textOf = (file: string): string => readFileSync(join(ROOT, file), "utf8");

export const linesOf = (file: string): number => textOf(file).split("\n").length;

/** What a file imports or re-exports, by an ECMAScript parser. */
export function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const add = (name: string, isEager: boolean) => {
    if (!name.startsWith("node:")) found.push({ target: targetOf(file, name), isEager });
  };
  const text = textOf(file);
  const parsed = parseSync(file, text);
  if (parsed.errors[0]) throw new Error(`${file}: ${parsed.errors[0].message}`);
  for (const { moduleRequest, entries } of parsed.module.staticImports) add(moduleRequest.value, !isOnlyTypes(entries));
  for (const { entries } of parsed.module.staticExports) {
    const name = entries.find(({ moduleRequest }) => moduleRequest)?.moduleRequest?.value;
    if (name) add(name, !isOnlyTypes(entries));
  }
  const addLater = (name: Expression | StringLiteral) =>
    name.type === "Literal" && typeof name.value === "string" && add(name.value, false);
  const visitor = new Visitor({ ImportExpression: ({ source }) => addLater(source), TSImportType: ({ source }) => addLater(source) });
  // The tree is made when it is read, which costs more than all else.
  if (text.includes("import(")) visitor.visit(parsed.program);
  return found;
}

/** An import without names runs the module. */
const isOnlyTypes = (entries: readonly { readonly isType: boolean }[]) => entries.length > 0 && entries.every(({ isType }) => isType);

function targetOf(file: string, name: string): string {
  if (name.startsWith(".")) return relative(ROOT, resolve(ROOT, dirname(file), name));
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}
