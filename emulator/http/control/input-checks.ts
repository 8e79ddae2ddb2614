import { refuse } from "../../model/errors.ts";
import type { ControlInput, InputChecks } from "../../ports/input-checks.ts";
import { loadControlDocument, type Operation } from "../document.ts";
import { refusalOf } from "../middleware/validate.ts";

let operations: ReadonlyMap<string, Operation> | undefined;

/** The validators of spec/control.yaml, for use without HTTP. */
export const inputChecks: InputChecks = {
  check(operationId: string, { path = {}, query = {}, body }: ControlInput): void {
    operations ??= new Map(loadControlDocument().operations.map((operation) => [operation.id, operation]));
    const operation = operations.get(operationId);
    if (!operation) throw new Error(`${operationId} is no operation of spec/control.yaml`);
    const asked = asJson({ path, query, requestBody: body });
    const errors = operation.validators().flatMap((validate) => (validate({ header: {}, ...asked }) ? [] : (validate.errors ?? [])));
    if (errors.length > 0) throw refusalOf(errors);
  },
};

/** As JSON would carry it. Throws VALIDATION_FAILED for what JSON cannot. */
function asJson(value: object): object {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    throw refuse("VALIDATION_FAILED", `It cannot be written as JSON: ${(cause as Error).message}.`, "");
  }
}
