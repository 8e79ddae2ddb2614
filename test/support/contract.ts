import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { closed } from "./closed.ts";

/** The documents of spec/ as the tests read them: on their own, sharing neither reader nor validators with the server. */

type Json = Readonly<Record<string, unknown>>;

export interface DocumentedResponse {
  readonly status: number;
  readonly codes: readonly string[];
  readonly headers: ReadonlyMap<string, { readonly required: boolean; readonly pointer: string }>;
  /** JSON pointers of the body's schema, by media type; empty when there is no body. */
  readonly content: ReadonlyMap<string, string>;
  readonly pointer: string;
}

export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  /** Null for a public operation. */
  readonly scopes: readonly string[] | null;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly pointer: string }[];
  /** JSON pointers of the request body's schema, by media type. */
  readonly body: ReadonlyMap<string, string>;
  readonly bodyRequired: boolean;
  readonly responses: ReadonlyMap<number, DocumentedResponse>;
}

export interface CatalogueEntry {
  readonly status: number;
  readonly description: string;
  readonly fix: string;
  /** Any operation of a sandbox may answer so; no answer lists it. */
  readonly isSandboxOnly: boolean;
  readonly example: unknown;
}

const pointerStep = (step: string) => step.replaceAll("~", "~0").replaceAll("/", "~1");
const members = (value: unknown) => Object.entries((value ?? {}) as Json);

/** One document: its operations, its codes, and validators of its schemas, named by JSON pointers. */
export class Contract {
  readonly document: Json;
  /** What its paths are below: `/v1`. */
  readonly base: string;
  readonly operations: readonly DocumentedOperation[];
  readonly catalogue: ReadonlyMap<string, CatalogueEntry>;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(file: string, base: string) {
    this.document = parse(readFileSync(new URL(`../../spec/${file}`, import.meta.url), "utf8")) as Json;
    this.base = base;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(closed(this.document), "document");
    this.operations = members(this.document.paths).flatMap(([path, item]) =>
      members(item)
        .filter(([method]) => ["get", "post", "put", "patch", "delete"].includes(method))
        .map(([method, operation]) => this.#readOperation(path, method, item as Json, operation as Json)),
    );
    this.catalogue = new Map(
      members(this.document["x-error-catalogue"]).map(([code, entry]) => {
        const { status, description, fix } = entry as unknown as CatalogueEntry;
        const example = this.at(`/x-error-catalogue/${code}/example`).value;
        const isSandboxOnly = (entry as Json)["x-sandbox-only"] === true;
        return [code, { status, description, fix, isSandboxOnly, example } as CatalogueEntry];
      }),
    );
  }

  /** The value at a JSON pointer, and where it really is when references lead elsewhere. */
  readonly at = (pointer: string): { value: Json; pointer: string } => {
    let value: unknown = this.document;
    let place = "";
    for (const step of pointer.split("/").slice(1)) {
      value = (value as Json)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
      place += `/${step}`;
      while (value !== null && typeof value === "object" && typeof (value as Json).$ref === "string") {
        place = ((value as Json).$ref as string).slice(1);
        value = this.at(place).value;
      }
    }
    return { value: value as Json, pointer: place };
  };

  /** The validator of the schema at a pointer. */
  readonly validator = (pointer: string): ValidateFunction => {
    let validate = this.#validators.get(pointer);
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
      this.#validators.set(pointer, validate);
    }
    return validate;
  };

  /** What is wrong with a value by the schema at a pointer; empty when nothing is. */
  readonly faults = (pointer: string, value: unknown): string[] => {
    const validate = this.validator(pointer);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
  };

  #readOperation(path: string, method: string, item: Json, raw: Json): DocumentedOperation {
    const here = `/paths/${pointerStep(path)}`;
    const own = `${here}/${method}`;
    const body = raw.requestBody === undefined ? { value: {}, pointer: "" } : this.at(`${own}/requestBody`);
    const security = ((raw.security ?? []) as { apiKey?: string[] }[]).find((each) => "apiKey" in each);
    const parametersAt = (place: string, list: unknown) =>
      ((list ?? []) as unknown[]).map((_, index) => {
        const { value, pointer } = this.at(`${place}/parameters/${index}`);
        return { name: value.name as string, in: value.in as string, pointer: `${pointer}/schema` };
      });
    return {
      id: raw.operationId as string,
      method: method.toUpperCase(),
      path,
      tag: (raw.tags as string[])[0] as string,
      scopes: security?.apiKey ?? null,
      parameters: [...parametersAt(here, item.parameters), ...parametersAt(own, raw.parameters)],
      body: contentAt(body.pointer, body.value),
      bodyRequired: (body.value.required as boolean) ?? false,
      responses: new Map(
        Object.keys(raw.responses as Json).map((status) => [Number(status), this.#readResponse(`${own}/responses/${status}`)]),
      ),
    };
  }

  #readResponse(place: string): DocumentedResponse {
    const { value, pointer } = this.at(place);
    const headers = Object.keys((value.headers ?? {}) as Json).map((name) => {
      const header = this.at(`${pointer}/headers/${name}`);
      return [name.toLowerCase(), { required: header.value.required === true, pointer: `${header.pointer}/schema` }] as const;
    });
    return {
      status: Number(place.split("/").at(-1)),
      codes: [...((value["x-error-codes"] ?? []) as string[]), ...(value["x-api-codes"] ? codesWith(Number(place.split("/").at(-1))) : [])],
      headers: new Map(headers),
      content: contentAt(pointer, value),
      pointer,
    };
  }
}

function contentAt(pointer: string, owner: Json | undefined): Map<string, string> {
  const types = Object.keys((owner?.content ?? {}) as Json);
  return new Map(types.map((type) => [type, `${pointer}/content/${pointerStep(type)}/schema`]));
}

/** Codes of the API with a status: a rule of the API may refuse a step of a fixture. */
function codesWith(status: number): string[] {
  return [...api.catalogue].filter(([, entry]) => entry.status === status).map(([code]) => code);
}

export const api = new Contract("openapi.yaml", "/v1");
export const control = new Contract("control.yaml", "/_sandbox");

/** The API's own. */
export const { document, operations, catalogue, at, validator, faults } = api;

/** What is wrong with a delivered webhook, by the document's `webhooks` section. */
export function problemsOfEvent(body: { type: string }): string[] {
  if (!(body.type in (document.webhooks as Json))) return [`the document has no webhook ${body.type}`];
  return faults(`/webhooks/${body.type}/post/requestBody/content/application~1json/schema`, body);
}
