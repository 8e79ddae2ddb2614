import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { parse as parseYaml } from "yaml";
import { ROOT, sources, textOf } from "./imports.ts";

/** A regular expression that meets text from outside, and where it stands. */
export interface Expression {
  readonly place: string;
  readonly regex: RegExp;
}

/** Whose `pattern`s meet text from outside. */
export const DOCUMENTS: readonly string[] = ["spec/openapi.yaml", "spec/control.yaml", "fixtures/fixture.schema.json"].filter((file) =>
  existsSync(join(ROOT, file)),
);

/** What reads text from outside: the emulator, and the kit, which reads what servers answer. */
const FOLDERS = ["emulator", "test/conformance/kit", "test/conformance/requirements"];

/** Each expression of documents and sources once, and the files that put some together at run time. */
export function allExpressions(): { distinct: readonly Expression[]; built: readonly string[] } {
  const { literals, built } = expressionsInSources(FOLDERS);
  const all = [...literals, ...DOCUMENTS.flatMap(expressionsInDocument)];
  return { distinct: [...new Map(all.map((each) => [String(each.regex), each])).values()], built };
}

/** Every literal in the sources, and every place where an expression is put together at run time. */
function expressionsInSources(folders: readonly string[]): { literals: Expression[]; built: string[] } {
  const literals: Expression[] = [];
  const built: string[] = [];
  for (const file of folders.flatMap(sources)) {
    const text = textOf(file);
    // The tree is made when it is read, which costs more than all else.
    if (!/RegExp|[(=:,?[!&|]\s*\/[^/*]/.test(text)) continue;
    const isRegExp = (callee: { readonly type: string }) =>
      callee.type === "Identifier" && (callee as unknown as { name: string }).name === "RegExp";
    new Visitor({
      Literal(node) {
        if ("regex" in node) literals.push({ place: file, regex: new RegExp(node.regex.pattern, node.regex.flags) });
      },
      NewExpression: ({ callee }) => void (isRegExp(callee) && built.push(file)),
      CallExpression: ({ callee }) => void (isRegExp(callee) && built.push(file)),
    }).visit(parseSync(file, text).program);
  }
  return { literals, built };
}

/** Every `pattern` of the schemas in a document (JSON or YAML), as Ajv compiles it. */
export function expressionsInDocument(file: string): Expression[] {
  const found: Expression[] = [];
  const visit = (value: unknown, place: string): void => {
    if (value === null || typeof value !== "object") return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === "pattern" && typeof inner === "string") found.push({ place, regex: new RegExp(inner, "u") });
      else visit(inner, `${place}/${name}`);
    }
  };
  visit(documentOf(file), file);
  return found;
}

/** The formats that a document's schemas name. */
export function formatsIn(file: string): string[] {
  return [...new Set([...JSON.stringify(documentOf(file)).matchAll(/"format":"([\w-]+)"/g)].map(([, name]) => name as string))];
}

function documentOf(file: string): unknown {
  const text = readFileSync(join(ROOT, file), "utf8");
  return file.endsWith(".json") ? JSON.parse(text) : parseYaml(text);
}
