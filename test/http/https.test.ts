/** With TLS on, both share the port; what comes in clear is refused and the key in it is not honoured. */
import { readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "../../emulator/sandbox.ts";
import type { Sandbox } from "../../emulator/sandbox-api.ts";
import { type Answer, problemsOf, refusalProblems } from "../support/answers.ts";
import { newFolder } from "../support/folder.ts";
import { memoryLog } from "../support/memory-log.ts";
import { lines, sendRaw } from "../support/wire.ts";

let sandbox: Sandbox;
let origin: string;
const { log, text: logged } = memoryLog();
beforeAll(async () => {
  sandbox = await createSandbox({ https: { caDir: newFolder() }, log });
  origin = await sandbox.listen();
});
afterAll(() => sandbox.close());

function over(path: string, ca: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = httpsRequest(origin + path, { ca, agent: false, headers: { Authorization: `Bearer ${sandbox.apiKey}` } }, (res) => {
      let text = "";
      res.on("data", (chunk) => (text += chunk));
      res.on("end", () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text }));
    });
    call.on("error", reject);
    call.end();
  });
}

it("serves HTTPS to those who trust its authority", async () => {
  expect(origin).toMatch(/^https:/);
  const ca = readFileSync(sandbox.caFile as string, "utf8");
  const answer = await over("/v1/users", ca);
  expect([answer.status, problemsOf("GET", "/v1/users", answer)]).toEqual([200, []]);
});

it.each([20_000, 70_000])("a target of %i bytes, which TLS cuts into records, is too long", async (length) => {
  const answer = await over(`/v1/users?q=${"a".repeat(length)}`, readFileSync(sandbox.caFile as string, "utf8"));
  expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([414, "URI_TOO_LONG"]);
});

describe("HTTPS_REQUIRED", () => {
  it.each(["GET /v1/users", "POST /v1/users", "GET /v1/health", "GET /v1/nothing", "PUT /v1/users", "OPTIONS /v1/users"])(
    "%s in clear",
    async (start) => {
      const answer = await sendRaw(origin, lines(`${start} HTTP/1.1`, `Authorization: Bearer ${sandbox.apiKey}`, "Connection: close"));
      expect(refusalProblems(["HTTPS_REQUIRED"], "GET", answer)).toEqual([]);
      expect(answer.headers.location).toBeUndefined();
    },
  );

  it("has its line in the log, without query and key", async () => {
    await sendRaw(origin, lines(`GET /v1/users/${sandbox.apiKey}?q=secret HTTP/1.1`, "Connection: close"));
    const line = JSON.parse(logged().trim().split("\n").at(-1) as string);
    expect(line).toMatchObject({ method: "GET", path: "/v1/users/[redacted]", status: 403, code: "HTTPS_REQUIRED" });
    expect(line.request_id).toMatch(/^req_/);
    expect(JSON.stringify(line)).not.toMatch(/secret|gets_test/);
  });

  it("stands in the request log, unless it was for the control plane", async () => {
    for (const target of ["/_sandbox", "/_sandbox/info?x=1", `http://127.0.0.1/_sandbox/requests`, "/v1/users?marked"]) {
      await sendRaw(origin, lines(`GET ${target} HTTP/1.1`, "Connection: close"));
    }
    const [newest, ...others] = sandbox.requests.list();
    expect(newest).toMatchObject({ query: "marked", code: "HTTPS_REQUIRED" });
    expect(others.filter(({ path }) => path?.includes("_sandbox"))).toEqual([]);
    const { text } = await sendRaw(origin, lines("GET /_sandbox/info HTTP/1.1", "Connection: close"));
    expect(JSON.parse(text).error.doc_url).toBe("/_sandbox/docs#HTTPS_REQUIRED");
  });

  it("comes before anything is read, so that nothing is changed", async () => {
    const body = '{"email":"clear@example.com","display_name":"Clear"}';
    const head = lines(
      "POST /v1/users HTTP/1.1",
      `Authorization: Bearer ${sandbox.apiKey}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
    );
    await sendRaw(origin, head + body);
    const { text } = await over("/v1/users", readFileSync(sandbox.caFile as string, "utf8"));
    expect(JSON.parse(text).data.items).toEqual([]);
  });
});
