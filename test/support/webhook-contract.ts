import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { parse } from "yaml";

const document = parse(readFileSync(new URL("../../spec/openapi.yaml", import.meta.url), "utf8"));
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document, "openapi");

/** Where a type's payload is in the `webhooks` section; its keys have dashes for underscores. */
function pointer(type: string): string {
  const key = type.replaceAll("_", "-");
  return `openapi#/webhooks/${key}/post/requestBody/content/application~1json/schema`;
}

/** What is wrong with a delivered body, by the document's `webhooks` section. */
export function problemsOfEvent(body: { type: string }): string[] {
  const validate = ajv.getSchema(pointer(body.type));
  if (!validate) return [`the document has no webhook ${body.type}`];
  return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
