import type { ErrorObject } from "ajv";
import type { StepBook } from "../control/fixtures/fixture.ts";
import { ApiError } from "../model/errors.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { ApiDocument, Operation } from "./document.ts";
import { refusalOf } from "./middleware/validate.ts";
import type { Operations, Reply, Write } from "./operations/handler.ts";

/** What a fixture can do: everything that these scopes permit to write. API keys are not for files. */
const SCOPES = new Set(["users:write", "tokens:mint", "tokens:transfer", "badges:write", "awards:write", "achievements:write"]);

/** Whether fixtures can have this operation as a step. */
export function isStep({ method, scopes }: Pick<Operation, "method" | "scopes">): boolean {
  return method !== "get" && scopes !== null && scopes.length > 0 && scopes.every((scope) => SCOPES.has(scope));
}

/**
 * Steps of fixtures as operations of the API: checked by the same validators and done by the same handlers as a request, so that a
 * fixture cannot make what the API forbids. `handlers` are asked for when the first step is done.
 */
export function stepBook(document: ApiDocument, handlers: () => Operations, world: () => UnitOfWork): StepBook {
  const steps = new Map(document.operations.filter(isStep).map((operation) => [operation.id, operation]));

  function check(id: string, members: Readonly<Record<string, unknown>>): ApiError | null {
    const operation = operationOf(id);
    const { params, body } = split(operation, JSON.parse(JSON.stringify(members)));
    const wantsBody = operation.bodyRequired || Object.keys(body).length > 0;
    const pathNames = { properties: Object.fromEntries([...namesInPath(operation)].map((name) => [name, {}])) };
    if (wantsBody && operation.consumes.length === 0) {
      return refusalOf(Object.keys(body).map((name) => ({ ...unknownMember(name), parentSchema: pathNames, data: members })));
    }
    const input = { path: params, query: {}, header: {}, ...(wantsBody ? { requestBody: body } : {}) };
    const errors = operation.validators().flatMap((validate) => (validate(input) ? [] : (validate.errors ?? [])));
    if (errors.length === 0) return null;
    // A step has the members of the path and of the body together: either may have been meant.
    const isUnknown = ({ keyword, instancePath }: ErrorObject) => keyword === "additionalProperties" && instancePath === "/requestBody";
    const known = ({ parentSchema = {} }: ErrorObject) => ({ allOf: [parentSchema, pathNames] });
    return refusalOf(errors.map((error) => (isUnknown(error) ? { ...error, parentSchema: known(error), data: members } : error)));
  }

  function operationOf(id: string): Operation {
    const operation = steps.get(id);
    if (!operation) throw new Error(`${id} is no step`);
    return operation;
  }

  return {
    operations: [...steps.keys()],
    check,
    async perform(id, unit, members) {
      const handler = handlers().writes[id];
      if (!handler) throw new ApiError("ROUTE_NOT_FOUND", `${id} cannot be done here.`);
      const { params, body } = split(operationOf(id), members);
      const call = { params, query: {}, body, key: null, type: "application/json", world: world(), unit, ifMatch: () => {} };
      const { data } = (await handler(call satisfies Omit<Write<never>, "params" | "query" | "body"> as never)) as Reply;
      return data;
    },
  };
}

function namesInPath({ path }: Operation): Set<string> {
  return new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string));
}

/** Members of the path, and the others. */
function split(operation: Operation, members: Readonly<Record<string, unknown>>) {
  const inPath = namesInPath(operation);
  const entries = Object.entries(members);
  return {
    params: Object.fromEntries(entries.filter(([name]) => inPath.has(name))),
    body: Object.fromEntries(entries.filter(([name]) => !inPath.has(name))),
  };
}

/** As the validators say it of an operation that has a body. */
function unknownMember(name: string) {
  return {
    keyword: "additionalProperties",
    instancePath: "/requestBody",
    schemaPath: "",
    params: { additionalProperty: name },
    message: "must NOT have additional properties",
  };
}
