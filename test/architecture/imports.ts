import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One module that a file names: a path from the root, or a package. `node:` modules are left out. */
export interface Import {
  readonly target: string;
  /** Loaded with the file itself: neither a type only nor an `import()`. */
  readonly isEager: boolean;
}

/** The TypeScript files below a folder, as paths from the root. */
export function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => join(folder, name))
    .sort();
}

export const linesOf = (file: string): number => readFileSync(join(ROOT, file), "utf8").split("\n").length;

/** What a file imports or re-exports, by TypeScript's own parser. */
export function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const add = (name: ts.Node | undefined, isEager: boolean) => {
    if (name && ts.isStringLiteral(name) && !name.text.startsWith("node:")) found.push({ target: targetOf(file, name.text), isEager });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, !node.importClause?.isTypeOnly);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, !node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(ROOT, file), "utf8"), ts.ScriptTarget.Latest));
  return found;
}

function targetOf(file: string, name: string): string {
  if (name.startsWith(".")) return relative(ROOT, resolve(ROOT, dirname(file), name));
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}
