import type { ErrorObject } from "ajv";
import type { RequestHandler } from "express";
import { ApiError, type ErrorDetail, refuse } from "../../model/errors.ts";
import { callOf, pass } from "../call.ts";
import type { Operation } from "../document.ts";
import { excerptOf } from "../excerpt.ts";
import { meantMember } from "../meant-member.ts";

const NOTHING: Readonly<Record<string, unknown>> = {};

/** Checks parameters and body against the document. Unknown members win over every other fault. */
export function validate(operation: Operation): RequestHandler {
  return function validateRequest(req, res, next) {
    const call = callOf(res);
    call.params = req.params as Record<string, string>;
    // Express reads it anew at each look.
    const sent = req.url.includes("?") ? req.query : NOTHING;
    call.query = { ...sent };
    if (operation.bodyRequired) call.body ??= {};
    const { excerpt: body, isCut } = excerptOf(call.body);
    const input = { path: call.params, query: call.query, header: req.headers, ...(body === undefined ? {} : { requestBody: body }) };
    const failed = operation.validators().filter((check) => !check(input));
    if (failed.length > 0) throw refusalOf(failed.flatMap(({ errors }) => errors ?? []));
    if (isCut) throw tooMuch();
    if (sent !== NOTHING) refuseLoose(sent, input.query);
    call.query = input.query;
    pass(res, "validation", next);
  };
}

/** What is left out of a body that fits the document so far. */
export function tooMuch(): ApiError {
  return refuse("VALIDATION_FAILED", "The body has more members than any operation takes, or nests them too deep.", "");
}

/** Ajv also takes `0x10`, `1e1` and ` 5` for a number; a parameter is written as JSON writes it. */
function refuseLoose(sent: Readonly<Record<string, unknown>>, read: Readonly<Record<string, unknown>>): void {
  const loose = Object.keys(read).find((name) => typeof read[name] === "number" && String(read[name]) !== sent[name]);
  if (loose !== undefined) throw refuse("VALIDATION_FAILED", `${loose} must be a whole number in digits.`, `/${loose}`);
}

/** The refusal for what Ajv found. */
export function refusalOf(errors: readonly ErrorObject[]): ApiError {
  const unknown = errors.filter(({ keyword }) => UNKNOWN_MEMBER.has(keyword));
  const code = unknown.length > 0 ? "UNKNOWN_PARAMETER" : "VALIDATION_FAILED";
  const causes = unknown.length > 0 ? unknown : causesOf(errors.slice(0, MOST_CAUSES));
  // Nobody misspells that many.
  const hints = causes.length <= MOST_DETAILS;
  const details = distinct(causes.slice(0, MOST_CAUSES).map((cause) => detailOf(cause, hints))).slice(0, MOST_DETAILS);
  const [path = "", ...otherPaths] = new Set(details.map((detail) => detail.path));
  const param = otherPaths.length === 0 && path !== "" ? path.slice(1).replaceAll("/", ".") : undefined;
  const what = details.map((detail) => detail.message).join(" ");
  return new ApiError(
    code,
    what.length < 300
      ? what
      : `${details.length === 1 ? "One thing is" : `${details.length} things are`} wrong with the request; see details.`,
    {
      details,
      ...(param === undefined ? {} : { param }),
    },
  );
}

/** Each item of a body of 1 MiB can be wrong: so many are looked at, and so many shown. */
const MOST_CAUSES = 1000;
const MOST_DETAILS = 20;
const MOST_NAME = 200;

const UNKNOWN_MEMBER = new Set(["additionalProperties", "unevaluatedProperties"]);
const MISSING_MEMBER = new Set(["required", "dependentRequired"]);

/** Leaves out what only follows: the branches of a schema that has a rule of its own (`x-rule`), and of one that also allows null. */
function causesOf(errors: readonly ErrorObject[]): ErrorObject[] {
  const ruled = errors.filter((error) => ruleOf(error) !== null);
  return errors.filter((error) => {
    if (ruleOf(error) !== null) return true;
    if (
      ruled.some(({ schemaPath, instancePath }) => error.instancePath === instancePath && error.schemaPath.startsWith(`${schemaPath}/`))
    ) {
      return false;
    }
    return isCause(error, errors.length);
  });
}

/** anyOf with null says the same fault three times over; the inner one is the cause. */
function isCause({ keyword, params }: ErrorObject, all: number): boolean {
  if (keyword === "anyOf" || keyword === "oneOf" || keyword === "if") return all === 1;
  return !(keyword === "type" && (params as { type: unknown }).type === "null" && all > 1);
}

/** What the document says of a value that breaks its schema, in place of what Ajv does. */
function ruleOf({ keyword, parentSchema }: ErrorObject): string | null {
  return UNKNOWN_MEMBER.has(keyword) || MISSING_MEMBER.has(keyword) ? null : (parentSchema?.["x-rule"] ?? null);
}

function detailOf(error: ErrorObject, hints: boolean): ErrorDetail {
  const params = error.params as Record<string, unknown>;
  const member = (params.additionalProperty ?? params.unevaluatedProperty ?? params.missingProperty) as string | undefined;
  const pointer = error.instancePath.replace(/^\/(requestBody|query|path|header)/, "");
  const path = shortened(member === undefined ? pointer : `${pointer}/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  const name = path === "" ? "The body" : path.slice(1).replaceAll("/", ".");
  if (UNKNOWN_MEMBER.has(error.keyword)) {
    const meant = hints ? meantMember(error, pointer.slice(1).replaceAll("/", ".")) : "";
    return { path, code: "UNKNOWN_PARAMETER", message: `${name} is not known here.${meant}` };
  }
  if (error.keyword === "required") return { path, code: "REQUIRED", message: `${name} is required.` };
  return { path, code: snake(error.keyword), message: `${name} ${sayRule(error, params)}.` };
}

/** A name from outside stands in an answer three times. */
function shortened(path: string): string {
  return path.length <= MOST_NAME ? path : `${path.slice(0, MOST_NAME)}…`;
}

function sayRule(error: ErrorObject, params: Record<string, unknown>): string {
  const rule = ruleOf(error);
  if (rule !== null) return rule;
  if (error.keyword === "enum") return `must be one of ${(params.allowedValues as unknown[]).map(String).join(", ")}`;
  if (error.keyword === "type") return rangeOf(error) ?? `must be ${[params.type].flat().map(article).join(" or ")}`;
  if (error.keyword === "minimum" || error.keyword === "maximum") return rangeOf(error) ?? error.message ?? "is not valid";
  const bound = BOUNDS[error.keyword];
  return bound ? bound(Number(params.limit)) : (error.message ?? "is not valid");
}

/** A number that has a least and a most. */
function rangeOf({ parentSchema }: ErrorObject): string | null {
  const { type, minimum, maximum } = parentSchema ?? {};
  if ((type !== "integer" && type !== "number") || minimum === undefined || maximum === undefined) return null;
  return `must be ${article(type)} from ${minimum} to ${maximum}`;
}

function article(type: unknown): string {
  return TYPES[String(type)] ?? String(type);
}

const TYPES: Readonly<Record<string, string>> = {
  object: "an object",
  array: "an array",
  string: "a string",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
};

const BOUNDS: Readonly<Record<string, (limit: number) => string>> = {
  minLength: (limit) => (limit === 1 ? "must not be empty" : `must have at least ${limit} characters`),
  maxLength: (limit) => `must have at most ${limit} characters`,
  minItems: (limit) => (limit === 1 ? "must not be empty" : `must have at least ${limit} items`),
  maxItems: (limit) => `must have at most ${limit} items`,
  minProperties: (limit) => (limit === 1 ? "must not be empty" : `must have at least ${limit} members`),
  maxProperties: (limit) => `must have at most ${limit} members`,
};

function snake(keyword: string): string {
  return keyword.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function distinct(details: readonly ErrorDetail[]): ErrorDetail[] {
  return [...new Map(details.map((detail) => [`${detail.path} ${detail.message}`, detail])).values()];
}
