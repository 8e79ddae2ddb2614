import type { Response } from "express";
import type { Mutation } from "../../model/fault.ts";
import { callOf } from "../call.ts";
import type { ApiDocument } from "../document.ts";

/** The body to be sent instead, its length being set; the same one when it is not JSON. */
export type MutateAnswer = (res: Response, body: unknown, mutation: Mutation) => unknown;

/** As far as it is looked at: what a value may be, by its JSON Schema. */
interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

interface Described {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

/** Names and values that no document has: a newer version of the API may send them. */
const MEMBER = "unknown_member";
const VALUE = "unknown_value";

/** Changes JSON answers as the document's schemas know them: an enum's values by its schema, members of objects that have some of their own. */
export function mutateAnswer(document: Pick<ApiDocument, "jsonText">): MutateAnswer {
  let parsed: unknown;
  return (res, body, mutation) => {
    const [type = ""] = String(res.getHeader("Content-Type") ?? "").split(";");
    if (!/[/+]json$/.test(type) || !(typeof body === "string" || Buffer.isBuffer(body)) || body.length === 0) return body;
    parsed ??= JSON.parse(document.jsonText);
    const { method, path } = callOf(res).operation;
    const responses = at(parsed, ["paths", path, method, "responses"]) as Readonly<Record<string, Described & Schema>> | undefined;
    const schema = (resolved(responses?.[res.statusCode]) as Described | undefined)?.content?.[type]?.schema;
    const changed = JSON.stringify(withoutMessage(changedValue(JSON.parse(String(body)), schema ? [schema] : [], mutation), mutation));
    res.setHeader("Content-Length", Buffer.byteLength(changed));
    return changed;
  };

  function changedValue(value: unknown, given: readonly Schema[], mutation: Mutation): unknown {
    const schemas = given.flatMap(alternatives);
    if (typeof value === "string") {
      return mutation.unknown_enums && schemas.some((each) => each.enum?.includes(value)) ? VALUE : value;
    }
    if (Array.isArray(value)) {
      const items = schemas.flatMap((each) => each.items ?? []);
      return value.map((item) => changedValue(item, items, mutation));
    }
    if (value === null || typeof value !== "object") return value;
    const members = Object.entries(value).map(([name, each]) => [name, changedValue(each, schemas.flatMap(ofMember(name)), mutation)]);
    // A map holds the client's own names; only an object that has members by the document gets another one.
    const isOpen = mutation.unknown_members && schemas.some(({ properties }) => properties !== undefined);
    return Object.fromEntries(isOpen ? [...members, [MEMBER, VALUE]] : members);
  }

  function alternatives(schema: Schema): Schema[] {
    const found = resolved(schema) as Schema;
    return [found, ...[found.allOf, found.anyOf, found.oneOf].flatMap((each) => each ?? []).flatMap(alternatives)];
  }

  function resolved(described: { readonly $ref?: string } | undefined): unknown {
    return described?.$ref === undefined ? described : resolved(at(parsed, described.$ref.split("/").slice(1)) as Schema);
  }
}

function ofMember(name: string): (schema: Schema) => Schema[] {
  return ({ properties, additionalProperties }) => {
    const own = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return own ? [own] : typeof additionalProperties === "object" ? [additionalProperties] : [];
  };
}

/** The envelope without its sentence: of a success, or in the error. */
function withoutMessage(envelope: unknown, { without_message }: Mutation): unknown {
  if (!without_message || envelope === null || typeof envelope !== "object" || !("status" in envelope)) return envelope;
  const { message: _, ...others } = envelope as { message?: unknown; error?: { message?: unknown } };
  if (typeof others.error !== "object") return others;
  const { message: __, ...error } = others.error;
  return { ...others, error };
}

/** A part of the document by the names that lead to it. */
function at(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (found, name) => (found as Readonly<Record<string, unknown>> | undefined)?.[name.replaceAll("~1", "/").replaceAll("~0", "~")],
    value,
  );
}
