import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { UsageError } from "./outcomes.ts";
import { documentFile } from "./package-root.ts";
import { type Faults, validators } from "./schema.ts";

export type Json = Readonly<Record<string, unknown>>;
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface DocumentedResponse {
  readonly status: number;
  /** Error codes of this answer; empty for a success. */
  readonly codes: readonly string[];
  /** JSON pointers of the body's schema by media type; empty when there is no body. */
  readonly content: ReadonlyMap<string, string>;
  /** Whether its JSON body is `{status, data, message}` or the error envelope. */
  readonly envelope: "success" | "error" | null;
}

export interface DocumentedOperation {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  /** Whether it asks for a key. */
  readonly secured: boolean;
  readonly query: readonly string[];
  /** JSON pointer of the JSON request body's schema. */
  readonly body: string | null;
  readonly responses: ReadonlyMap<number, DocumentedResponse>;
}

/** spec/openapi.yaml as the kit reads it: on its own, sharing neither reader nor validators with any server. */
export interface ApiDocument {
  readonly version: string;
  /** SHA-256 of the file, so that a report says which document it judged by. */
  readonly hash: string;
  readonly operations: readonly DocumentedOperation[];
  /** Throws UsageError when the document has no such operation. */
  operation(id: string): DocumentedOperation;
  readonly webhooks: readonly string[];
  /** What is wrong with a value by the schema at a pointer, members that the document does not know being allowed. */
  readonly faults: Faults;
  /** The schema itself, references followed. */
  schema(pointer: string): Json;
  /** Where that schema really stands. */
  place(pointer: string): string;
  /** Members of a request body: required ones, and the schema of each (references followed). */
  members(operationId: string): { readonly required: readonly string[]; readonly properties: Readonly<Record<string, Json>> };
}

/** Documents that were read, by their text: reading one takes longer than many a run, and it never changes. */
const known = new Map<string, ApiDocument>();

/** Throws UsageError: a document that cannot be read, or has nothing to judge by, must never give a green run. */
export function loadDocument(file = documentFile()): ApiDocument {
  let text: string;
  let raw: Json;
  try {
    text = readFileSync(file, "utf8");
    const before = known.get(text);
    if (before) return before;
    // A YAML parser reads JSON too, but far more slowly.
    raw = (file.endsWith(".json") ? JSON.parse(text) : parse(text)) as Json;
  } catch (error) {
    throw new UsageError(`the OpenAPI document ${file} cannot be read: ${(error as Error).message}`);
  }
  if (typeof raw?.openapi !== "string" || !raw.paths || Object.keys(raw.paths).length === 0) {
    throw new UsageError(`the OpenAPI document ${file} has no operations`);
  }
  const document = documentOf(raw, text);
  known.set(text, document);
  return document;
}

function documentOf(raw: Json, text: string): ApiDocument {
  const operations = members(raw.paths).flatMap(([path, item]) =>
    members(item)
      .filter(([method]) => METHODS.has(method.toUpperCase()))
      .map(([method, operation]) => readOperation(raw, path, method, item as Json, operation as Json)),
  );
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const schema = (pointer: string) => follow(raw, pointer).value;
  return {
    version: String((raw.info as Json)?.version ?? ""),
    hash: createHash("sha256").update(text).digest("hex"),
    operations,
    operation(id) {
      const found = byId.get(id);
      if (!found) throw new UsageError(`the OpenAPI document has no operation ${id}`);
      return found;
    },
    webhooks: members(raw.webhooks).map(([name]) => name),
    faults: validators(raw),
    schema,
    place: (pointer) => follow(raw, pointer).pointer,
    members(operationId) {
      const body = byId.get(operationId)?.body;
      const { required = [], properties = {} } = (body ? schema(body) : {}) as { required?: string[]; properties?: Json };
      const place = body ? follow(raw, body).pointer : "";
      return {
        required,
        properties: Object.fromEntries(Object.keys(properties).map((name) => [name, schema(`${place}/properties/${name}`)])),
      };
    },
  };
}

const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

function readOperation(raw: Json, path: string, method: string, item: Json, operation: Json): DocumentedOperation {
  const here = `/paths/${step(path)}`;
  const own = `${here}/${method}`;
  const security = (operation.security ?? raw.security ?? []) as readonly Json[];
  const parameters = [
    ...((item.parameters ?? []) as unknown[]).map((_, i) => follow(raw, `${here}/parameters/${i}`).value),
    ...((operation.parameters ?? []) as unknown[]).map((_, i) => follow(raw, `${own}/parameters/${i}`).value),
  ];
  const body = contentAt(raw, `${own}/requestBody`, operation.requestBody as Json | undefined);
  return {
    id: String(operation.operationId),
    method: method.toUpperCase() as Method,
    path,
    // `{}` among them: it can be called without a key, too.
    secured: security.length > 0 && security.every((each) => Object.keys(each).length > 0),
    query: parameters.filter((each) => each.in === "query").map((each) => String(each.name)),
    body: body.get("application/json") ?? null,
    responses: new Map(members(operation.responses).map(([status]) => [Number(status), readResponse(raw, `${own}/responses/${status}`)])),
  };
}

function readResponse(raw: Json, place: string): DocumentedResponse {
  const { value, pointer } = follow(raw, place);
  const content = contentAt(raw, pointer, value);
  const json = content.get("application/json");
  const properties = json ? ((follow(raw, json).value.properties ?? {}) as Json) : {};
  const isEnvelope = properties.status !== undefined;
  return {
    status: Number(place.split("/").at(-1)),
    codes: (value["x-error-codes"] ?? []) as string[],
    content,
    envelope: isEnvelope && properties.error ? "error" : isEnvelope && properties.data ? "success" : null,
  };
}

function contentAt(raw: Json, pointer: string, owner: Json | undefined): Map<string, string> {
  if (!owner) return new Map();
  const { value, pointer: place } = follow(raw, pointer);
  return new Map(members(value.content).map(([type]) => [type, `${place}/content/${step(type)}/schema`]));
}

/** The object at a JSON pointer, and where it really stands. */
export function follow(raw: Json, pointer: string): { readonly value: Json; readonly pointer: string } {
  let value = raw as Json;
  for (const part of pointer.split("/").slice(1)) value = value?.[part.replaceAll("~1", "/").replaceAll("~0", "~")] as Json;
  if (typeof value?.$ref === "string") return follow(raw, value.$ref.slice(1));
  return { value: value ?? {}, pointer };
}

function step(text: string): string {
  return text.replaceAll("~", "~0").replaceAll("/", "~1");
}

function members(value: unknown): [string, unknown][] {
  return Object.entries((value ?? {}) as Json);
}
