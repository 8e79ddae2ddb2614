import { refuse } from "../../model/errors.ts";
import type { ControlInput, InputChecks } from "../../ports/input-checks.ts";
import { loadControlDocument, type Operation } from "../document.ts";
import { excerptOf } from "../excerpt.ts";
import { refusalOf, tooMuch } from "../middleware/validate.ts";

let operations: ReadonlyMap<string, Operation> | undefined;

/** The validators of spec/control.yaml, for use without HTTP. */
export const inputChecks: InputChecks = {
  check(operationId: string, { path = {}, query = {}, body }: ControlInput): Required<ControlInput> {
    operations ??= new Map(loadControlDocument().operations.map((operation) => [operation.id, operation]));
    const operation = operations.get(operationId);
    if (!operation) throw new Error(`${operationId} is no operation of spec/control.yaml`);
    const asked = asJson({ path, query, requestBody: body });
    if (operation.bodyRequired) asked.requestBody ??= {};
    const { excerpt, isCut } = excerptOf(asked.requestBody);
    const input = { header: {}, ...asked, ...(excerpt === undefined ? {} : { requestBody: excerpt }) };
    const errors = operation.validators().flatMap((validate) => (validate(input) ? [] : (validate.errors ?? [])));
    if (errors.length > 0) throw refusalOf(errors);
    if (isCut) throw tooMuch();
    return { path: asked.path, query: asked.query, body: asked.requestBody };
  },
};

interface Asked {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  requestBody?: unknown;
}

/** As JSON would carry it. Throws VALIDATION_FAILED for what JSON cannot. */
function asJson(value: Asked): Asked {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    throw refuse("VALIDATION_FAILED", `It cannot be written as JSON: ${(cause as Error).message}.`, "");
  }
}
