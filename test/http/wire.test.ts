/** The envelope also where Node's parser, Express or the socket would answer by themselves. */
import { hash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import type { Sandbox } from "../../emulator/sandbox-api.ts";
import { refusalProblems } from "../support/answers.ts";
import { faults } from "../support/contract.ts";
import { newFolder } from "../support/folder.ts";
import { run } from "../support/processes.ts";
import { lacks } from "../support/tools.ts";
import { lines, sendRaw } from "../support/wire.ts";

let sandbox: Sandbox;
let origin: string;
let bearer: string;
beforeAll(async () => {
  sandbox = await createSandbox();
  origin = await sandbox.listen();
  bearer = `Authorization: Bearer ${sandbox.apiKey}`;
});
afterAll(() => sandbox.close());

const JSON_TYPE = "Content-Type: application/json";
const GET = "GET /v1/users HTTP/1.1";
const POST = "POST /v1/users HTTP/1.1";
const body = '{"email":"wire@example.com","display_name":"Wire"}';

const REFUSALS: Record<string, [bytes: () => string | Buffer, code: string]> = {
  "malformed JSON": [() => `${lines(POST, bearer, JSON_TYPE, "Content-Length: 5")}{"a":`, "MALFORMED_JSON"],
  "JSON in UTF-16": [
    () => Buffer.concat([Buffer.from(lines(POST, bearer, JSON_TYPE, "Content-Length: 4")), Buffer.from([0xff, 0xfe, 0x7b, 0x00])]),
    "MALFORMED_JSON",
  ],
  "bytes that are no UTF-8": [
    () => Buffer.concat([Buffer.from(lines(POST, bearer, JSON_TYPE, "Content-Length: 4")), Buffer.from([0x22, 0xc3, 0x28, 0x22])]),
    "MALFORMED_JSON",
  ],
  "a body that says to be larger than 1 MiB": [() => lines(POST, bearer, JSON_TYPE, "Content-Length: 1048577"), "PAYLOAD_TOO_LARGE"],
  "chunks that grow beyond 1 MiB": [
    () => `${lines(POST, bearer, JSON_TYPE, "Transfer-Encoding: chunked")}100001\r\n${" ".repeat(0x100001)}\r\n0\r\n\r\n`,
    "PAYLOAD_TOO_LARGE",
  ],
  "a body that is not the gzip it says": [
    () => `${lines(POST, bearer, JSON_TYPE, "Content-Encoding: gzip", "Content-Length: 4")}abcd`,
    "INVALID_REQUEST",
  ],
  "an unknown Content-Encoding": [
    () => `${lines(POST, bearer, JSON_TYPE, "Content-Encoding: zip", "Content-Length: 4")}abcd`,
    "UNSUPPORTED_MEDIA_TYPE",
  ],
  "another charset": [() => `${lines(POST, bearer, `${JSON_TYPE}; charset=iso-8859-1`, "Content-Length: 2")}{}`, "UNSUPPORTED_MEDIA_TYPE"],
  "a chunk without a length": [() => `${lines(POST, bearer, JSON_TYPE, "Transfer-Encoding: chunked")}zz\r\n`, "INVALID_REQUEST"],
  "Content-Length and chunks at once": [
    () => `${lines(POST, bearer, JSON_TYPE, "Content-Length: 2", "Transfer-Encoding: chunked")}0\r\n\r\n`,
    "INVALID_REQUEST",
  ],
  "two Content-Lengths": [() => `${lines(POST, bearer, JSON_TYPE, "Content-Length: 2", "Content-Length: 3")}{} `, "INVALID_REQUEST"],
  "a percent-escape that is none": [() => lines("GET /v1/users/%zz HTTP/1.1", bearer), "INVALID_REQUEST"],
  "a percent-escape that is no UTF-8": [() => lines("GET /v1/users/%E0%A4%A HTTP/1.1", bearer), "INVALID_REQUEST"],
  "a header that is too large": [() => lines(GET, bearer, `X-Large: ${"a".repeat(20_000)}`), "HEADERS_TOO_LARGE"],
  "header fields that are too large together": [
    () => lines(GET, bearer, ...Array.from({ length: 200 }, (_, i) => `X-${i}: ${"a".repeat(100)}`)),
    "HEADERS_TOO_LARGE",
  ],
  "a query that is too long": [() => lines(`GET /v1/users?q=${"a".repeat(20_000)} HTTP/1.1`, bearer), "URI_TOO_LONG"],
  "a path that is too long": [() => lines(`GET /${"a/".repeat(100_000)} HTTP/1.1`, bearer), "URI_TOO_LONG"],
  "a long target, and header fields for which no room is left": [
    () => lines(`GET /v1/users?q=${"a".repeat(12_000)} HTTP/1.1`, bearer, `X-Large: ${"a".repeat(5000)}`),
    "URI_TOO_LONG",
  ],
  "a zero byte in a header": [() => lines(GET, bearer, "X-Odd: a\0b"), "INVALID_REQUEST"],
  "a header without a name": [() => lines(GET, bearer, ": a"), "INVALID_REQUEST"],
  "a target that is no URL": [() => lines("GET http://[ HTTP/1.1", bearer), "INVALID_REQUEST"],
  "a target without a slash": [() => lines("GET v1/users HTTP/1.1", bearer), "INVALID_REQUEST"],
  "no HTTP at all": [() => "hello there\r\n\r\n", "METHOD_NOT_ALLOWED"],
  "TLS to a plain port": [() => Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01]), "METHOD_NOT_ALLOWED"],
  "the preface of HTTP/2": [() => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "INVALID_REQUEST"],
  "a version of HTTP that is none": [() => lines("GET /v1/users HTTP/9.9", bearer), "INVALID_REQUEST"],
  "a method that HTTP does not know": [() => lines("FETCH /v1/users HTTP/1.1", bearer), "METHOD_NOT_ALLOWED"],
  "a method that only WebDAV knows": [() => lines("PROPFIND /v1/users HTTP/1.1", bearer), "METHOD_NOT_ALLOWED"],
  TRACE: [() => lines("TRACE /v1/users HTTP/1.1", bearer), "METHOD_NOT_ALLOWED"],
  CONNECT: [() => lines("CONNECT example.com:443 HTTP/1.1", bearer), "METHOD_NOT_ALLOWED"],
  "another method of the server": [() => lines("GET * HTTP/1.1"), "ROUTE_NOT_FOUND"],
  "no Host": [() => `${GET}\r\n${bearer}\r\n\r\n`, "INVALID_REQUEST"],
  "two Hosts": [() => lines(GET, bearer, "Host: 127.0.0.1", "Host: evil.example"), "INVALID_REQUEST"],
  "a foreign Host": [() => lines(GET, bearer, "Host: evil.example"), "HOST_NOT_ALLOWED"],
  "a target of a foreign host, below a Host of ours": [
    () => lines("GET http://evil.example/v1/users HTTP/1.1", bearer, "Host: localhost"),
    "HOST_NOT_ALLOWED",
  ],
  "a control plane's target of a foreign host": [() => lines("GET http://evil.example/_sandbox/info HTTP/1.1"), "HOST_NOT_ALLOWED"],
  "a foreign host behind ours as the user's name": [
    () => lines("GET http://localhost@evil.example/v1/health HTTP/1.1"),
    "HOST_NOT_ALLOWED",
  ],
  "an absolute target without a host": [() => lines("GET http:///v1/health HTTP/1.1"), "HOST_NOT_ALLOWED"],
  "a target of ours without a Host": [() => "GET http://localhost/v1/users HTTP/1.1\r\n\r\n", "INVALID_REQUEST"],
  "two Authorization headers at the control plane": [
    () => lines("GET /_sandbox/info HTTP/1.1", "Authorization: Bearer one", "authorization: Bearer two"),
    "INVALID_REQUEST",
  ],
  "no Host in HTTP/1.0": [() => `GET /v1/users HTTP/1.0\r\n${bearer}\r\n\r\n`, "HOST_NOT_ALLOWED"],
  "two Authorization headers": [() => lines(GET, bearer, bearer), "INVALID_REQUEST"],
  "an upgrade that nobody asked for": [
    () => lines("GET /v1/nothing HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"),
    "ROUTE_NOT_FOUND",
  ],
};

describe("answers in the envelope", () => {
  it.each(Object.entries(REFUSALS))("%s", async (_what, [bytes, code]) => {
    const answer = await sendRaw(origin, bytes());
    expect(refusalProblems([code], "GET", answer)).toEqual([]);
    expect(faults("/components/schemas/RequestId", answer.headers["request-id"])).toEqual([]);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers.date).toBeDefined();
    if (code === "METHOD_NOT_ALLOWED") expect(answer.headers.allow).toMatch(/GET/);
  });

  it.each([
    ["a header that is too large", 431, () => lines("HEAD /v1/users HTTP/1.1", `X-Large: ${"a".repeat(20_000)}`)],
    ["a target that is too long", 414, () => lines(`HEAD /${"a".repeat(20_000)} HTTP/1.1`)],
    ["a target that is no URL", 400, () => lines("HEAD http://[ HTTP/1.1")],
  ])("HEAD with %s: the same, without the body", async (_what, status, bytes) => {
    const answer = await sendRaw(origin, bytes());
    expect([answer.status, answer.text, Number(answer.headers["content-length"]) > 0]).toEqual([status, "", true]);
  });

  it("and the server goes on serving", async () => {
    const answer = await sendRaw(origin, lines(GET, bearer));
    expect(answer.status).toBe(200);
  });
});

describe("serves", () => {
  it("HTTP/1.0 with a Host", async () => {
    const answer = await sendRaw(origin, lines("GET /v1/health HTTP/1.0"));
    expect(answer.status).toBe(200);
  });

  it("OPTIONS of the server (RFC 9110, 9.3.7)", async () => {
    const answer = await sendRaw(origin, lines("OPTIONS * HTTP/1.1", "Connection: close"));
    expect([answer.status, answer.headers.allow]).toEqual([204, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"]);
    expect((await sendRaw(origin, lines("OPTIONS * HTTP/1.1", "Host: evil.example"))).status).toBe(403);
  });

  it("a target of the length that every server has to take (RFC 9110, 4.1)", async () => {
    const answer = await sendRaw(origin, lines(`GET /v1/${"a".repeat(8000)} HTTP/1.1`, bearer, `X-Large: ${"a".repeat(7000)}`));
    expect(answer.status).toBe(404);
  });

  it("an absolute target", async () => {
    const answer = await sendRaw(origin, lines("GET http://127.0.0.1/v1/health HTTP/1.1"));
    expect(answer.status).toBe(200);
  });

  it("an Expect it does not know, as if it were not there", async () => {
    const answer = await sendRaw(origin, lines("GET /v1/health HTTP/1.1", "Expect: miracles"));
    expect(answer.status).toBe(200);
  });

  it.each([
    ["of the API", "POST /v1/awards/nobody/claim HTTP/1.1", "AWARD_NOT_FOUND"],
    ["of the API, whose body has members that are required", POST, "VALIDATION_FAILED"],
    ["of the API, which is a merge patch", "PATCH /v1/users/nobody HTTP/1.1", "USER_NOT_FOUND"],
    ["of the control plane, with a body", "POST /_sandbox/snapshots HTTP/1.1", "VALIDATION_FAILED"],
    ["of the control plane, without", "POST /_sandbox/snapshots/nothing/restore HTTP/1.1", "SNAPSHOT_NOT_FOUND"],
  ])("an empty body in chunks, as proxies send it, without a type: %s", async (_what, line, code) => {
    for (const type of [[], ["Content-Type: text/plain"], [JSON_TYPE], [JSON_TYPE, "Content-Encoding: gzip"]]) {
      const head = lines(line, bearer, ...type, "Transfer-Encoding: chunked", "Connection: close");
      const { text } = await sendRaw(origin, `${head}0\r\n\r\n`);
      expect(JSON.parse(text).error.code).toBe(code);
    }
  });

  it.each([
    ["at once", 0],
    ["a moment later", 50],
  ])("no body in chunks without a type: %s", async (_when, ms) => {
    const answer = await sendRaw(origin, lines(POST, bearer, "Transfer-Encoding: chunked", "Connection: close"), {
      ms,
      bytes: `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    });
    expect(refusalProblems(["UNSUPPORTED_MEDIA_TYPE"], "POST", answer)).toEqual([]);
    await expect.poll(() => sandbox.requests.list({ limit: 1 })[0]?.body_sha256).toBe(hash("sha256", body));
  });

  it.skipIf(lacks("curl", "curl"))("what curl makes of nothing", async () => {
    const { stdout } = await run("sh", ["-c", `printf "" | curl -sS -X POST -T - -H "${bearer}" ${origin}/v1/awards/nobody/claim`], {
      cwd: newFolder(),
    });
    expect(JSON.parse(stdout).error.code).toBe("AWARD_NOT_FOUND");
  });

  it("a body with a byte order mark", async () => {
    const bytes = Buffer.from(`\uFEFF${body}`);
    const answer = await sendRaw(
      origin,
      Buffer.concat([Buffer.from(lines(POST, bearer, JSON_TYPE, `Content-Length: ${bytes.length}`)), bytes]),
    );
    expect(answer.status).toBe(201);
  });

  it("two requests in one packet, each with its own id", async () => {
    const once = lines("GET /v1/health HTTP/1.1");
    const twice = await sendRaw(origin, once + lines("GET /v1/health HTTP/1.1", "Connection: close"));
    expect(twice.status).toBe(200);
  });
});
