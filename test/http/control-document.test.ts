/** spec/control.yaml, its handlers and the error codes agree, in both directions; the documents are served, and listed. */
import { readFileSync } from "node:fs";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { controlOperations } from "../../emulator/http/control/operations/operations.ts";
import { loadControlDocument } from "../../emulator/http/document.ts";
import { STATUS } from "../../emulator/http/envelope.ts";
import { CONTROL_CODES, SHARED_CODES } from "../../emulator/model/errors.ts";
import { type World, world } from "../support/client.ts";
import { control } from "../support/contract.ts";

const { operations, catalogue, faults } = control;

/** What a browser is led to, which cannot send a token. */
const PAGES = ["getIndex", "getDocs", "getOpenApiJson", "getOpenApiYaml"];

/** What changes nothing that is journaled. */
const IN_MEMORY = ["clearFaults", "addFault", "deleteFault", "setWebhookFaults", "openSession", "setRateLimits", "clearRequests"];

/** Codes that no operation's answer lists: they belong to routes that do not exist. */
const ROUTELESS_CODES = ["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"];

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

it("names no part of the sandbox that does not exist", () => {
  expect(readFileSync(new URL("../../spec/control.yaml", import.meta.url), "utf8")).not.toMatch(/dashboard/i);
});

describe("operations and handlers", () => {
  it("each operation has a handler, and each handler an operation", () => {
    const handlers = controlOperations({} as never, loadControlDocument(), null);
    expect(Object.keys(handlers).sort()).toEqual(operations.map(({ id }) => id).sort());
  });

  it("/_sandbox lists what there is", async () => {
    for (const path of ["/_sandbox", "/_sandbox/"]) {
      const { body } = await request(here.sandbox.app).get(path).expect(200);
      const listed = body.data.routes.map((route: Record<string, string>) => `${route.method} ${route.path} ${route.operation_id}`);
      expect(listed).toEqual(operations.map(({ method, path: below, id }) => `${method} /_sandbox${below} ${id}`));
    }
  });
});

describe("error codes", () => {
  const inAnswers = new Set(operations.flatMap(({ responses }) => [...responses.values()].flatMap(({ codes }) => codes)));

  it("those of the control plane alone are in its catalogue, and every one there is listed by an answer", () => {
    expect([...catalogue.keys()].sort()).toEqual([...CONTROL_CODES, ...SHARED_CODES].sort());
    const unlisted = [...catalogue.keys()].filter((code) => !inAnswers.has(code) || ROUTELESS_CODES.includes(code));
    expect(unlisted).toEqual(ROUTELESS_CODES);
  });

  it.each([...catalogue])("%s has the status of the code, a meaning, a remedy and an example", (code, entry) => {
    expect(entry.status).toBe(STATUS[code as keyof typeof STATUS]);
    expect([entry.description, entry.fix]).not.toContain("");
    const { value } = entry.example as { value: { error: { code: string; doc_url: string } } };
    expect(faults("/components/schemas/Error", value)).toEqual([]);
    expect([value.error.code, value.error.doc_url]).toEqual([code, `/_sandbox/docs#${code}`]);
  });
});

describe.each(operations.map((operation) => [operation.id, operation] as const))("%s documents", (id, { method, body, responses }) => {
  const codes = [...responses.values()].flatMap((response) => response.codes);

  it("what its kind can answer, and a Request-Id on each answer", () => {
    const always = ["HOST_NOT_ALLOWED", "ORIGIN_NOT_ALLOWED", "UNKNOWN_PARAMETER", "NOT_ACCEPTABLE", "INTERNAL_ERROR"];
    expect(codes).toEqual(expect.arrayContaining(always));
    expect(codes.includes("AUTHENTICATION_REQUIRED")).toBe(!PAGES.includes(id));
    for (const code of ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"]) expect([code, codes.includes(code)]).toEqual([code, body.size > 0]);
    const isJournaled = method !== "GET" && !IN_MEMORY.includes(id);
    for (const code of ["SANDBOX_RESET", "CHAIN_UNAVAILABLE"]) expect([code, codes.includes(code)]).toEqual([code, isJournaled]);
    for (const { status, headers } of responses.values()) expect([status, headers.get("request-id")?.required]).toEqual([status, true]);
  });
});

it("everything from outside has a bound", () => {
  const unbounded: string[] = [];
  function look(schema: Readonly<Record<string, unknown>>, place: string): void {
    const types = [schema.type].flat();
    const bounds: Readonly<Record<string, readonly string[]>> = {
      string: ["maxLength", "enum", "const"],
      integer: ["maximum"],
      number: ["maximum"],
      array: ["maxItems"],
    };
    for (const type of types) {
      const known = bounds[type as string] ?? [];
      const hasBound =
        known.length === 0 || known.some((each) => each in schema) || /\{0,\d+\}\$$|^\^[^*+]*\$$/.test(String(schema.pattern));
      if (!hasBound) unbounded.push(`${place} ${type}`);
    }
    for (const [name, member] of Object.entries((schema.properties ?? {}) as object)) follow(member, `${place}.${name}`);
    // What the schema around them bounds its branches need not.
    const isBounded = ["maxLength", "maximum", "maxItems"].some((each) => each in schema);
    for (const name of isBounded ? [] : ["allOf", "anyOf", "oneOf"])
      for (const branch of (schema[name] ?? []) as object[]) follow(branch, place);
    if (schema.items) follow(schema.items as object, `${place}[]`);
  }
  function follow(member: object, place: string): void {
    const { $ref } = member as { $ref?: string };
    look(($ref === undefined ? member : control.at($ref.slice(1)).value) as Readonly<Record<string, unknown>>, place);
  }
  for (const { id, parameters, body } of operations) {
    for (const { name, pointer } of parameters) look(control.at(pointer).value, `${id} ${name}`);
    for (const [type, pointer] of body) if (type === "application/json") look(control.at(pointer).value, id);
  }
  expect(unbounded).toEqual([]);
});

it("the document is served as JSON and YAML, and as a page", async () => {
  const get = (path: string) => request(here.sandbox.app).get(`/_sandbox${path}`).expect(200);
  expect((await get("/openapi.json")).body.paths).toEqual(control.document.paths);
  const yaml = readFileSync(new URL("../../spec/control.yaml", import.meta.url), "utf8");
  expect((await get("/openapi.yaml")).text).toContain(yaml.slice(yaml.indexOf("\npaths:")));
  const { text, headers } = await get("/docs");
  expect(text).toContain("<title>Get Smart Sandbox control plane</title>");
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
});
