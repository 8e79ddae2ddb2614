import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenAPIBackend } from "openapi-backend";
import type { StageName } from "../control/exchange.ts";
import { isWritable } from "../model/instant.ts";
import { nodeRequire } from "../node-require.ts";
import { builtText, packageFile } from "../package-root.ts";
import { yaml } from "../yaml.ts";
import { deprecationHeaders } from "./deprecation.ts";
import { ServedDocument, type ServerEntry } from "./served-document.ts";

/** One operation of a document, with what the middleware asks of it. */
export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "patch" | "put" | "delete";
  /** As in the document: `/users/{user_id}`. */
  readonly path: string;
  /** Null for a public operation; else the scopes a key must have. */
  readonly scopes: readonly string[] | null;
  /** Whether it can also be called without a key; what it then answers is its own matter. */
  readonly keyIsOptional: boolean;
  /** Media types of the request body; empty when there is none. */
  readonly consumes: readonly string[];
  readonly bodyRequired: boolean;
  /** The greatest size of a request body, in bytes. */
  readonly bodyLimit: number;
  readonly summary: string;
  /** Media types of the successful answers, the one to prefer first. */
  readonly produces: readonly string[];
  /** Success statuses whose answer carries an ETag. */
  readonly etags: ReadonlySet<number>;
  readonly takesIdempotencyKey: boolean;
  /** Headers of its every answer: that it is deprecated. */
  readonly announces: Readonly<Record<string, string>>;
  /** What lies before an answer, in order. */
  readonly stages: readonly StageName[];
  /** The error codes that its answers can carry, and their status. */
  readonly errors: ReadonlyMap<string, number>;
  /** Validators of parameters and body, compiled at first use. Query values come out with their declared types. */
  validators(): readonly ValidateFunction[];
}

type Headers = Readonly<Record<string, unknown>>;
interface RawOperation {
  readonly operationId: string;
  readonly method: Operation["method"];
  readonly path: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly summary?: string;
  readonly deprecated?: boolean;
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, unknown>>;
    readonly "x-body-limit"?: number;
  };
  readonly responses: Readonly<Record<string, RawResponse>>;
}

interface RawResponse {
  readonly headers?: Headers;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly "x-error-codes"?: readonly string[];
}

/** A document of spec/, checked and compiled. */
export interface LoadedDocument {
  /** As JSON. */
  readonly jsonText: string;
  /** As its openapi.json and openapi.yaml are served. */
  readonly served: ServedDocument;
  readonly operations: readonly Operation[];
}

export interface ApiDocument extends LoadedDocument {
  /** The types of events that exist. */
  readonly eventTypes: readonly string[];
}

interface EventTypes {
  readonly components: { readonly schemas: { readonly EventType: { readonly enum: readonly string[] } } };
}

let api: ApiDocument | undefined;
let control: LoadedDocument | undefined;

/** spec/openapi.yaml, loaded once for all sandboxes of the process. */
export function loadDocument(): ApiDocument {
  if (api) return api;
  const { backend, ...document } = load("openapi");
  const { EventType } = (backend.definition as unknown as EventTypes).components.schemas;
  api = { ...document, eventTypes: EventType.enum };
  return api;
}

/** spec/control.yaml, loaded when the control plane is first used: many a sandbox inside a test never is. */
export function loadControlDocument(): LoadedDocument {
  if (control) return control;
  const { backend: _, ...document } = load("control");
  control = document;
  return control;
}

function load(name: "openapi" | "control") {
  const source = () => readFileSync(packageFile(`spec/${name}.yaml`), "utf8");
  const text = builtText(`spec/${name}.json`) ?? JSON.stringify(yaml().parse(source()));
  const ajv = validatorsByContext();
  const openApi = nodeRequire("openapi-backend") as typeof import("openapi-backend");
  const backend = new openApi.OpenAPIBackend({
    definition: JSON.parse(text),
    strict: true,
    quick: true, // the 3.0 schema that it would check against refuses 3.1; `npm run check` lints the document instead
    ajvOpts: { allErrors: true },
    customizeAjv: (_ajv, _options, context) => ajv(context) as never,
  });
  // With `quick` it is done before this returns; were it not, what follows would throw.
  void backend.init();
  const operations = (backend.router.getOperations() as unknown as RawOperation[]).map((raw) => describe(raw, backend));
  const { servers } = backend.definition as { servers: readonly ServerEntry[] };
  return { jsonText: text, served: new ServedDocument({ json: () => text, yaml: source, servers }), operations, backend };
}

/** The greatest size of a body that no operation sets another limit to: 1 MiB. */
const BODY_LIMIT = 1_048_576;

function describe(raw: RawOperation, backend: OpenAPIBackend): Operation {
  const successes = Object.entries(raw.responses).filter(([status]) => status.startsWith("2"));
  const required = (raw.security ?? []).find((each) => "apiKey" in each);
  let validators: readonly ValidateFunction[] | undefined;
  const takesIdempotencyKey = (raw.parameters ?? []).some(({ name }) => name === "Idempotency-Key");
  return {
    id: raw.operationId,
    method: raw.method,
    path: raw.path,
    scopes: required?.apiKey ?? null,
    keyIsOptional: required !== undefined && (raw.security ?? []).some((each) => Object.keys(each).length === 0),
    consumes: Object.keys(raw.requestBody?.content ?? {}),
    bodyRequired: raw.requestBody?.required ?? false,
    bodyLimit: raw.requestBody?.["x-body-limit"] ?? BODY_LIMIT,
    summary: raw.summary ?? "",
    produces: [...new Set(successes.flatMap(([, response]) => Object.keys(response.content ?? {})))],
    etags: new Set(successes.filter(([, { headers }]) => headers && "ETag" in headers).map(([status]) => Number(status))),
    takesIdempotencyKey,
    announces: deprecationHeaders(raw),
    stages: [
      ...(required ? (["authentication", "quota", "scope"] as const) : []),
      "validation",
      ...(takesIdempotencyKey ? (["idempotency"] as const) : []),
      ...(raw.method === "get" ? [] : (["unit"] as const)),
    ],
    errors: new Map(
      Object.entries(raw.responses).flatMap(([status, response]) =>
        (response["x-error-codes"] ?? []).map((code) => [code, Number(status)]),
      ),
    ),
    validators() {
      validators ??= backend.validator.getRequestValidatorsForOperation(raw.operationId) as ValidateFunction[];
      return validators;
    },
  };
}

const { validate: isDateTime } = addFormats.default.get("date-time") as { validate: (text: string) => boolean };

/** One Ajv (JSON Schema 2020-12) per kind of validator; only parameters are coerced, since they arrive as text. */
function validatorsByContext(): (context: string) => Ajv2020 {
  const instances = new Map<boolean, Ajv2020>();
  return (context) => {
    const coerceTypes = context === "paramsValidator";
    let ajv = instances.get(coerceTypes);
    if (!ajv) {
      // `verbose`: errors carry the schema, whose `x-rule` a refusal says. The documents are linted (test/tools): checking their schemas
      // against the meta-schema as well would double the time of the first call.
      ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true, validateSchema: false, meta: false, coerceTypes });
      addFormats.default(ajv);
      // RFC 3339 has leap seconds, JavaScript's clock does not; and an offset can lead to a year that UTC cannot write.
      ajv.addFormat("date-time", (text) => isDateTime(text) && isWritable(Date.parse(text)));
      // Ajv's own compares each item with each other: seconds for an array of 1 MiB.
      ajv.removeKeyword("uniqueItems");
      ajv.addKeyword({
        keyword: "uniqueItems",
        type: "array",
        schemaType: "boolean",
        validate: (unique: boolean, items: unknown[]) =>
          !unique || new Set(items.map((item) => JSON.stringify(item))).size === items.length,
        error: { message: "must NOT have duplicate items" },
      });
      instances.set(coerceTypes, ajv);
    }
    return ajv;
  };
}
