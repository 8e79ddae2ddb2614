import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export interface Fault {
  /** JSON pointer into the value. */
  readonly pointer: string;
  readonly message: string;
  readonly keyword: string;
}

export type Faults = (pointer: string, value: unknown) => readonly Fault[];

/**
 * Validators of the kit's own, compiled when first asked for. Members that the document does not know are allowed in answers:
 * adding one is a compatible change, whatever `additionalProperties` says to the server that owns the document.
 */
export function validators(raw: unknown): Faults {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (on: Ajv2020) => void)(ajv);
  ajv.addSchema(open(raw) as object, "document");
  const compiled = new Map<string, ValidateFunction>();
  return (pointer, value) => {
    let validate = compiled.get(pointer);
    if (!validate) {
      validate = ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
      compiled.set(pointer, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, keyword, params }) => ({
      pointer: keyword === "required" ? `${instancePath}/${params.missingProperty}` : instancePath,
      message: message ?? keyword,
      keyword,
    }));
  };
}

/** The document with every object schema open; maps (`additionalProperties: {…}`) stay as they are. */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(
    ([name, each]) => !((name === "additionalProperties" || name === "unevaluatedProperties") && each === false),
  );
  return Object.fromEntries(kept.map(([name, each]) => [name, open(each)]));
}
