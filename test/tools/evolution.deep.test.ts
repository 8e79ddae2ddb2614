/** Within a version the documents only grow: nothing that a client of the released ones relies on is gone. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { newFolder } from "../support/folder.ts";
import { secondTierTool } from "../support/tools.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const released = (document: string) => join(root, "spec/released", document);

/** Clients must tolerate values that they do not know, as the document says under Versions. */
const TOLERATED = "enum-values-added";

/** The changes of a document that break clients, as Redocly judges them. */
function breakages(before: string, after: string): string[] {
  const args = ["diff", before, after, "--format", "json", "--config", "spec/released/redocly.yaml", "--skip-rule", TOLERATED];
  const { stdout, stderr } = spawnSync(secondTierTool("redocly"), args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (!stdout.startsWith("{")) throw new Error(stderr);
  const { changes } = JSON.parse(stdout) as { changes: { path: string; kind: string; impact: string; property?: string }[] };
  return changes
    .filter(({ impact }) => impact === "major")
    .map(({ kind, path, property }) => `${kind} ${path}${property ? ` ${property}` : ""}`);
}

type Raw = Readonly<Record<string, unknown>>;

/** The codes that a document lists, each with where: Redocly does not read extensions. */
function codesOf(file: string): string[] {
  const { paths, components } = parse(readFileSync(file, "utf8")) as {
    paths: Record<string, Record<string, { responses?: Record<string, Raw> }>>;
    components: { responses: Record<string, Raw> };
  };
  const followed = (response: Raw) =>
    typeof response.$ref === "string" ? (components.responses[response.$ref.split("/").at(-1) as string] as Raw) : response;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { responses = {} }]) =>
      Object.values(responses).flatMap((response) =>
        ((followed(response)["x-error-codes"] ?? []) as string[]).map((code) => `${method} ${path} ${code}`),
      ),
    ),
  );
}

describe.each(["openapi.yaml", "control.yaml"])("spec/%s", (document) => {
  const now = join(root, "spec", document);

  it("breaks nothing of the released one", { timeout: 60_000 }, () => {
    expect(breakages(released(document), now)).toEqual([]);
  });

  it("lists every code that the released one lists", () => {
    const codes = new Set(codesOf(now));
    expect(codesOf(released(document)).filter((code) => !codes.has(code))).toEqual([]);
    expect(codes.size).toBeGreaterThan(100);
  });
});

describe("the gate", () => {
  const source = readFileSync(released("openapi.yaml"), "utf8");
  const folder = newFolder();
  /** Breakages when the released document becomes this one. */
  function whenChanged(from: string, to: string): string[] {
    const text = source.replace(from, to);
    if (text === source) throw new Error(`nothing is replaced: ${from}`);
    const file = join(folder, "changed.yaml");
    writeFileSync(file, text);
    return breakages(released("openapi.yaml"), file);
  }

  it.each<[string, string, string]>([
    ["a path that is gone", "\n  /users/{user_id}/balance:\n", "\n  /users/{user_id}/holdings:\n"],
    ["a member that must be sent", "required: [email, display_name]\n", "required: [email, display_name, external_id]\n"],
    ["a member that may be missing from an answer", "required: [object, name, symbol, decimals", "required: [object, symbol, decimals"],
    ["a shorter text", "schema: { type: string, minLength: 1, maxLength: 128 }", "schema: { type: string, minLength: 1, maxLength: 12 }"],
    ["another scope", '{ apiKey: ["users:read"] }', '{ apiKey: ["users:write"] }'],
  ])("notices %s", { timeout: 60_000 }, (_, from, to) => {
    expect(whenChanged(from, to)).not.toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      "a further member of an answer",
      "object: { type: string, const: token }\n",
      "object: { type: string, const: token }\n        unit: { type: string }\n",
    ],
    ["a further value", "enum: [application, direct, achievement]", "enum: [application, direct, achievement, import]"],
  ])("lets %s pass", { timeout: 60_000 }, (_, from, to) => {
    expect(whenChanged(from, to)).toEqual([]);
  });
});
