/** The document, the handlers and the catalogue of errors agree, in every direction. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATUS } from "../../emulator/http/envelope.ts";
import { achievementOperations } from "../../emulator/http/operations/achievements.ts";
import { awardOperations } from "../../emulator/http/operations/awards.ts";
import { badgeOperations } from "../../emulator/http/operations/badges.ts";
import { credentialOperations } from "../../emulator/http/operations/credentials.ts";
import { eventOperations } from "../../emulator/http/operations/events.ts";
import { allOperations } from "../../emulator/http/operations/handler.ts";
import { keyOperations } from "../../emulator/http/operations/keys.ts";
import { metaOperations } from "../../emulator/http/operations/meta.ts";
import { tokenOperations } from "../../emulator/http/operations/tokens.ts";
import { userOperations } from "../../emulator/http/operations/users.ts";
import { verificationOperations } from "../../emulator/http/operations/verification.ts";
import { webhookOperations } from "../../emulator/http/operations/webhooks.ts";
import { CONTROL_CODES } from "../../emulator/model/errors.ts";
import { type DocumentFile, origin, TYPES } from "../../spec/update-types.ts";
import { appAnswering } from "../support/app-parts.ts";
import { type World, world } from "../support/client.ts";
import { api, at, catalogue, control, document, faults, operations } from "../support/contract.ts";

/** Codes that no operation's answer lists: those of routes that do not exist or were not read, and those that only a sandbox has. */
const ROUTELESS_CODES = ["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED", "URI_TOO_LONG", "HEADERS_TOO_LARGE"];
const SANDBOX_CODES = ["HOST_NOT_ALLOWED", "ORIGIN_NOT_ALLOWED", "SANDBOX_MISMATCH", "SANDBOX_RESET"];

/** A question whose words are too many for an address: it changes nothing, so it runs as a read and does not queue behind writes. */
const READING_POSTS = ["verifyBadge"];

const members = (pointer: string) => Object.keys((at(pointer).value ?? {}) as object);
/** Every `$ref` in a document. */
function referencesIn(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, member]) => (name === "$ref" ? [member as string] : referencesIn(member)));
}

const sorted = (list: Iterable<string>) => [...list].sort();

describe("operations and handlers", () => {
  let here: World;
  beforeAll(async () => void (here = await world()));
  afterAll(() => here.sandbox.close());

  it.each(operations.map(({ id, method, path }) => [id, method, path]))("%s is served at %s %s", async (_id, method, path) => {
    const url = path.replaceAll(/\{\w+\}/g, "nobody");
    const answer = await here.api.as(null)[method.toLowerCase() as "get"](url);
    expect([405, 500]).not.toContain(answer.status);
    expect(answer.body?.error?.code).not.toBe("ROUTE_NOT_FOUND");
  });

  it("every handler is of an operation; reads are GET or change nothing, writes are all others", () => {
    const nothing = {} as never;
    const { reads, writes } = allOperations([
      userOperations(nothing, nothing),
      tokenOperations(nothing, nothing),
      badgeOperations(nothing, nothing, nothing),
      awardOperations(nothing, nothing, nothing),
      verificationOperations(nothing),
      achievementOperations(nothing, nothing, nothing),
      credentialOperations(nothing, nothing, nothing),
      webhookOperations(nothing, nothing),
      eventOperations(),
      keyOperations(nothing),
      metaOperations(nothing, nothing, null),
    ]);
    const isReading = ({ id, method }: (typeof operations)[number]) => method === "GET" || READING_POSTS.includes(id);
    const idsOf = (isRead: boolean) => operations.filter((operation) => isReading(operation) === isRead).map(({ id }) => id);
    expect(sorted(Object.keys(reads))).toEqual(sorted(idsOf(true)));
    expect(sorted(Object.keys(writes))).toEqual(sorted(idsOf(false)));
  });

  it("an application with an operation and no handler is not built", async () => {
    await expect(appAnswering(() => {}, { operations: { reads: {}, writes: {} } })).rejects.toThrow(/has no handler/);
  });
});

describe.each([api, control])("examples of $base", (contract) => {
  const { at, faults, operations, document } = contract;
  const members = (pointer: string) => Object.keys((at(pointer).value ?? {}) as object);
  /** Every media type object of the document that has examples: the pointer of its schema, and of each example. */
  const examples = operations.flatMap((operation) => [
    ...[...operation.body.values()].flatMap((schema) => examplesBeside(schema)),
    ...[...operation.responses.values()].flatMap(({ content }) => [...content.values()].flatMap((schema) => examplesBeside(schema))),
  ]);
  const webhooks = members("/webhooks").flatMap((name) =>
    examplesBeside(`/webhooks/${name.replaceAll("/", "~1")}/post/requestBody/content/application~1json/schema`),
  );

  function examplesBeside(schema: string): [string, string][] {
    const media = schema.slice(0, -"/schema".length);
    return members(`${media}/examples`).map((name) => [`${media}/examples/${name}`, schema]);
  }

  it.each([...examples, ...webhooks])("%s is valid", (example, schema) => {
    expect(faults(schema, at(example).value.value)).toEqual([]);
  });

  it("every request and every answer with a body has one", () => {
    const schemas = operations.flatMap(({ body, responses }) => [
      ...body.values(),
      ...[...responses.values()].flatMap(({ content }) => [...content.values()]),
    ]);
    const binary = (schema: string) => at(schema).value.format === "binary"; // it cannot be written in YAML
    expect(schemas.filter((schema) => examplesBeside(schema).length === 0 && !binary(schema))).toEqual([]);
  });

  it("every schema's own example is valid", () => {
    const bad = members("/components/schemas").flatMap((name) => {
      const pointer = `/components/schemas/${name}`;
      const { examples = [] } = at(pointer).value as { examples?: unknown[] };
      return examples.flatMap((example) => faults(pointer, example).map((fault) => `${name}: ${fault}`));
    });
    expect(bad).toEqual([]);
  });

  it("no example in components is unused", () => {
    const used = new Set(referencesIn(document));
    const unused = members("/components/examples").filter((name) => !used.has(`#/components/examples/${name}`));
    expect(unused).toEqual([]);
  });
});

describe("what the document says of itself", () => {
  const webhooks = Object.entries((document as { webhooks: Record<string, { post: Record<string, unknown> }> }).webhooks);
  const each = [
    ...operations.map(({ id, path, method }) => [id, at(`/paths/${path.replaceAll("/", "~1")}/${method.toLowerCase()}`).value] as const),
    ...webhooks.map(([type, { post }]) => [type, post] as const),
  ];

  it.each(each)("%s says whether it is published or inferred, and from what", (_, { "x-provenance": provenance, ...operation }) => {
    expect(["published", "inferred"]).toContain(provenance);
    expect(operation["x-provenance-source"]).toMatch(/^(Common Endpoints|Webhooks|Authentication|none)[:;] ./);
  });

  it("a webhook is documented by its event type", () => {
    const types = (at("/components/schemas/EventType").value as { enum: string[] }).enum;
    expect(sorted(webhooks.map(([type]) => type))).toEqual(sorted(types));
  });

  it("paths are written in kebab case", () => {
    const words = operations.flatMap(({ path }) => path.slice(1).split("/")).filter((word) => !word.startsWith("{"));
    expect(words.filter((word) => !/^[a-z]+(-[a-z]+)*(\.(json|yaml))?$/.test(word))).toEqual([]);
  });
});

describe.each([api, control])("schemas of $base", ({ document, operations, at, faults }) => {
  it("no parameter is named as a schema is", () => {
    const { parameters, schemas } = document.components as Record<string, object>;
    expect(Object.keys(parameters as object).filter((name) => name in (schemas as object))).toEqual([]);
  });

  it("a member that no request has is refused, one that no answer has is not, but these tests see it", () => {
    const bodies = operations.flatMap(({ body }) => [...body.values()]).map((pointer) => at(pointer));
    const objects = bodies.filter(({ value }) => value.type === "object");
    expect(
      objects
        .filter(({ value }) => value.additionalProperties !== false && value.unevaluatedProperties !== false)
        .map(({ pointer }) => pointer),
    ).toEqual([]);
    const answer = operations
      .flatMap(({ responses }) => [...responses.values()])
      .flatMap(({ status, content }) => (status < 300 ? [...content] : []))
      .filter(([type, pointer]) => type === "application/json" && at(pointer).value.properties !== undefined);
    expect(answer.length).toBeGreaterThan(20);
    expect(answer.filter(([, pointer]) => at(pointer).value.additionalProperties === false)).toEqual([]);
    const named = answer.filter(([, pointer]) => at(pointer).value.additionalProperties === undefined);
    const unseen = "/ must NOT have additional properties";
    const blind = named.filter(([, pointer]) => !faults(pointer, { of_a_later_version: 1 }).includes(unseen));
    expect(blind).toEqual([]);
  });

  it("a text, a number or a choice has an example", () => {
    const leaf = ({ type }: { type?: string | string[] }) =>
      [type].flat().some((each) => ["string", "integer", "number"].includes(String(each)));
    const schemas = Object.entries((document.components as { schemas: Record<string, { type?: string; examples?: unknown[] }> }).schemas);
    expect(schemas.filter(([, schema]) => leaf(schema) && (schema.examples ?? []).length === 0).map(([name]) => name)).toEqual([]);
  });

  it("a union of objects says by which member they differ", () => {
    const unions = objectsIn(document).filter(({ oneOf, anyOf }) => {
      const options = [oneOf ?? anyOf ?? []].flat() as { $ref?: string }[];
      return options.filter(({ $ref }) => $ref && at($ref.slice(1)).value.type === "object").length > 1;
    });
    for (const { discriminator } of unions) expect(discriminator).toMatchObject({ propertyName: expect.any(String) });
  });

  it("a tuple says what may follow", () => {
    const tuples = objectsIn(document).filter((schema) => "prefixItems" in schema);
    expect(tuples.filter((schema) => !("items" in schema))).toEqual([]);
  });
});

/** Every object in a document. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (value === null || typeof value !== "object") return [];
  const inner = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

describe("error codes", () => {
  const inAnswers = new Set(operations.flatMap(({ responses }) => [...responses.values()].flatMap(({ codes }) => codes)));
  const inCode = Object.keys(STATUS);

  // That the model's codes and the status map's are the same is a matter of types: STATUS is a Record<ErrorCode, number>.
  it("the status map and the catalogue have the same", () => {
    expect(sorted(new Set([...catalogue.keys(), ...CONTROL_CODES]))).toEqual(sorted(inCode));
  });

  it("every code of the catalogue is listed by an answer, and every listed one is in the catalogue", () => {
    expect(sorted([...inAnswers, ...ROUTELESS_CODES, ...SANDBOX_CODES])).toEqual(sorted(catalogue.keys()));
    expect(SANDBOX_CODES).toEqual(sorted(catalogue.keys()).filter((code) => catalogue.get(code)?.isSandboxOnly));
  });

  it.each([...catalogue])("%s has the status of the code, a meaning, a remedy and an example", (code, entry) => {
    expect(entry.status).toBe(STATUS[code as keyof typeof STATUS]);
    expect(entry.description).not.toBe("");
    expect(entry.fix).not.toBe("");
    const { value } = entry.example as { value: { error: { code: string; doc_url: string } } };
    expect(faults("/components/schemas/Error", value)).toEqual([]);
    const docs = (CONTROL_CODES as readonly string[]).includes(code) ? "/_sandbox/docs" : "/v1/docs";
    expect([value.error.code, value.error.doc_url]).toEqual([code, `${docs}#${code}`]);
  });
});

describe.each(operations.map((operation) => [operation.id, operation] as const))("%s documents", (_id, operation) => {
  const codes = [...operation.responses.values()].flatMap((response) => response.codes.map((code) => [code, response] as const));
  const all = codes.map(([code]) => code);

  it("each code under its own status, with an example", () => {
    for (const [code, response] of codes) {
      expect([code, catalogue.get(code)?.status]).toEqual([code, response.status]);
      expect(members(`${response.pointer}/content/application~1json/examples`)).toContain(code);
    }
  });

  it("what its kind can answer", () => {
    expect(all).toEqual(expect.arrayContaining(["HTTPS_REQUIRED", "UNKNOWN_PARAMETER", "INTERNAL_ERROR"]));
    if (operation.scopes)
      expect(all).toEqual(expect.arrayContaining(["AUTHENTICATION_REQUIRED", "INVALID_API_KEY", "RATE_LIMIT_EXCEEDED"]));
    expect(all.includes("INSUFFICIENT_SCOPE")).toBe((operation.scopes ?? []).length > 0);
    const reads = operation.body.size > 0;
    for (const code of ["MALFORMED_JSON", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"])
      expect([code, all.includes(code)]).toEqual([code, reads]);
    const writes = operation.method !== "GET";
    expect(all.includes("STORAGE_UNAVAILABLE")).toBe(writes);
    const once = operation.method === "POST";
    for (const code of ["IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_KEY_REUSED"]) expect([code, all.includes(code)]).toEqual([code, once]);
    const lists = operation.parameters.some(({ name }) => name === "cursor");
    expect(all.includes("INVALID_CURSOR")).toBe(lists);
    const matches = ["PATCH", "DELETE"].includes(operation.method);
    expect(all.includes("PRECONDITION_FAILED")).toBe(matches);
    const answersWithBody = [...operation.responses.values()].some(({ status, content }) => status < 300 && content.size > 0);
    expect(all.includes("NOT_ACCEPTABLE")).toBe(answersWithBody);
  });

  it("a Request-Id on each answer, and quotas wherever a key is known", () => {
    /** Refusals of the connection, which come before the key is read. */
    const early = ["HTTPS_REQUIRED"];
    for (const { status, headers, codes } of operation.responses.values()) {
      expect([status, headers.get("request-id")?.required]).toEqual([status, true]);
      const metered = operation.scopes !== null && status !== 401 && (codes.length === 0 || codes.some((code) => !early.includes(code)));
      if (metered) expect([status, headers.has("ratelimit"), headers.has("ratelimit-policy")]).toEqual([status, true, true]);
    }
  });
});

it("the server's copies are this document, but for the servers (test/http/served-document.test.ts)", async () => {
  const { sandbox, api: client } = await world();
  const json = await client.as(null).get("/openapi.json").expect(200);
  expect({ ...json.body, servers: null }).toEqual({ ...document, servers: null });
  const yaml = await client.as(null).get("/openapi.yaml").expect(200);
  const withoutServers = (text: string) => text.replace(/^servers:\n(?: .*\n)+/m, "");
  const source = readFileSync(new URL("../../spec/openapi.yaml", import.meta.url), "utf8");
  expect(withoutServers(yaml.text)).toBe(withoutServers(source));
  await sandbox.close();
});

it.each(Object.entries(TYPES) as [DocumentFile, string][])("the types of %s are this document's (npm run types)", (file, types) => {
  const [first] = readFileSync(new URL(`../../spec/${types}`, import.meta.url), "utf8").split("\n");
  expect(first).toBe(origin(file));
});
