/** What the next version leaves out says so in its answers: Deprecation (RFC 9745), Link, and Sunset (RFC 8594). */
import request from "supertest";
import { expect, it } from "vitest";
import { deprecationHeaders } from "../../emulator/http/deprecation.ts";
import { loadDocument } from "../../emulator/http/document.ts";
import { appAnswering } from "../support/app-parts.ts";
import { faults } from "../support/contract.ts";

const operation = { operationId: "listUsers", deprecated: true, "x-deprecated-at": "2026-09-01T11:05:00Z" };

it("an operation that stays has none of the headers", () => {
  expect(deprecationHeaders({ operationId: "listUsers" })).toEqual({});
  expect(loadDocument().operations.filter(({ announces }) => Object.keys(announces).length > 0)).toEqual([]);
});

it("since when, what takes its place, and when it ends once that is set: as the document describes the headers", () => {
  expect(deprecationHeaders(operation)).toEqual({ Deprecation: "@1788260700" });
  const all = deprecationHeaders({ ...operation, "x-sunset": "2027-09-01T00:00:00Z", externalDocs: { url: "https://example.com/v2" } });
  expect(all).toEqual({
    Deprecation: "@1788260700",
    Link: '<https://example.com/v2>; rel="deprecation"',
    Sunset: "Wed, 01 Sep 2027 00:00:00 GMT",
  });
  for (const name of ["Deprecation", "Sunset"]) expect(faults(`/components/headers/${name}/schema`, all[name])).toEqual([]);
});

it("one that does not say since when is a defect of the document", () => {
  expect(() => deprecationHeaders({ operationId: "listUsers", deprecated: true })).toThrow(
    /listUsers is deprecated without x-deprecated-at/,
  );
});

it("every answer carries them, refusals included", async () => {
  const document = loadDocument();
  const operations = document.operations.map((each) =>
    each.id === "listUsers" ? { ...each, announces: deprecationHeaders(operation) } : each,
  );
  const app = await appAnswering(() => ({ status: 200, data: {}, message: "" }), { document: { ...document, operations } });
  for (const path of ["/v1/users", "/v1/users?limit=no"]) {
    const { headers } = await request(app).get(path).set("Authorization", "Bearer x");
    expect(headers.deprecation).toBe("@1788260700");
  }
  const { headers } = await request(app).get("/v1/badges").set("Authorization", "Bearer x");
  expect(headers.deprecation).toBeUndefined();
});
