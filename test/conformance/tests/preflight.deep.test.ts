/** `preflight`: what a target is, or in one sentence why it cannot be judged. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { readCapabilities } from "../kit/capabilities.ts";
import { loadDocument } from "../kit/document.ts";
import type { Answered } from "../mutants/mutant.ts";
import { at, jsonOf, pathOf, refusal, withHeaders } from "../mutants/tamper.ts";
import { ground } from "./ground.ts";

vi.setConfig({ testTimeout: 120_000 });

const here = ground();
beforeEach(() => here.front.use((request, forward) => forward(request)));

async function nobodyStays() {
  const answer = await fetch(`${here.baseUrl}/users`, { headers: { Authorization: `Bearer ${here.sandbox.apiKey}` } });
  const { data } = (await answer.json()) as { data: { items: { status: string }[] } };
  expect(data.items.map(({ status }) => status).filter((status) => status !== "deleted")).toEqual([]);
}

describe("a target that can be judged", () => {
  it("is told with its limits and capabilities", async () => {
    const { code, stdout, stderr } = await here.conformance("preflight");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`${here.baseUrl} answers and accepts the key.\nLimits: off\n`);
    expect(stdout).toContain("  webhooks: true\n");
  });

  it("without webhooks that is found out", async () => {
    here.front.use(async (request, forward) =>
      request.url.startsWith("/v1/webhook-endpoints") ? refusal(404, "ROUTE_NOT_FOUND") : await forward(request),
    );
    const { code, stdout } = await here.conformance("preflight");
    expect(code).toBe(0);
    expect(stdout).toContain("Note: the target offers no webhooks\n");
    expect(stdout).toContain("  webhooks: false\n");
  });

  it("without idempotency keys that is found out, and nothing stays of it", async () => {
    here.front.use((request, forward) => forward(withHeaders(request, { "idempotency-key": null })));
    const { code, stdout, stderr } = await here.conformance("preflight");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Note: the target keeps no idempotency keys: .*`idempotency: true` in --capabilities, or --profile full\)$/m);
    expect(stdout).toContain("  idempotency: false\n");
    await nobodyStays();
  });

  it("who finds users by their address alone keeps no keys either", async () => {
    const users = new Map<string, Answered>();
    here.front.use(async (request, forward) => {
      if (!at("POST /users")(request)) return await forward(request);
      const { email } = jsonOf(request);
      const found = users.get(email) ?? (await forward(withHeaders(request, { "idempotency-key": null })));
      users.set(email, found);
      return found;
    });
    const { stdout } = await here.conformance("preflight");
    expect(stdout).toContain("  idempotency: false\n");
    await nobodyStays();
  });

  it("with idempotency keys, they are found: three requests, one user, deleted again", async () => {
    const asked: string[] = [];
    here.front.use((request, forward) => {
      asked.push(`${request.method} ${pathOf(request)}`);
      return forward(request);
    });
    const { stdout } = await here.conformance("preflight");
    expect(stdout).toContain("  idempotency: true\n");
    expect(asked.filter((each) => each === "POST /v1/users")).toHaveLength(3);
    await nobodyStays();
  });

  it("nothing is written where no check asks for it, or the run only reads", async () => {
    const written: string[] = [];
    here.front.use((request, forward) => {
      if (request.method !== "GET") written.push(request.method);
      return forward(request);
    });
    await here.conformance(
      "--only",
      "ENV-03,HTTP-02",
      "--mode",
      "readonly",
      "--capabilities",
      here.file("known.yaml", "known: {user_id: usr_1}"),
    );
    await here.conformance("--only", "VERS-02");
    // What HTTP-02 asks for is refused by its method.
    expect(written.filter((method) => method === "POST")).toEqual([]);
  });

  it("what is declared is not asked for", async () => {
    const asked: string[] = [];
    here.front.use((request, forward) => {
      asked.push(request.url);
      return forward(request);
    });
    const file = here.file("capabilities.yaml", "webhooks: false\nidempotency: true\nimplementation: {name: Ours}\n");
    const { stdout } = await here.conformance("preflight", "--capabilities", file);
    expect(stdout).toContain('  implementation: {"name":"Ours"}\n');
    expect(asked).not.toContain("/v1/webhook-endpoints");
    expect(asked).not.toContain("/v1/users");
  });
});

describe("a target that cannot", () => {
  const tellsOnly = async (code: number, message: RegExp, ...flags: readonly string[]) => {
    const told = await here.conformance("preflight", ...flags);
    expect({ code: told.code, stdout: told.stdout }).toEqual({ code, stdout: "" });
    expect(told.stderr).toMatch(message);
    expect(told.stderr.trim().split("\n")).toHaveLength(1);
  };

  it("nobody listens there", () =>
    tellsOnly(3, /http:\/\/127\.0\.0\.1:9\/v1 cannot be reached: .*ECONNREFUSED/, "--base-url", "http://127.0.0.1:9/v1"));
  it("the key is wrong", () =>
    tellsOnly(3, /the target does not accept the API key \(401 INVALID_API_KEY\)/, "--api-key", "gets_test_nobody"));
  it("the environment has no such key", () => tellsOnly(2, /--api-key: the environment has no NO_SUCH/, "--api-key", "env:NO_SUCH"));
  it("no address of the API", () => tellsOnly(2, /--base-url ends in \/v1/, "--base-url", "http://127.0.0.1:4010"));
  it("no address at all", () => tellsOnly(2, /--base-url: nonsense is no http or https URL/, "--base-url", "nonsense"));
  it("the key's file is not there", () => tellsOnly(2, /--api-key: \/no\/such cannot be read/, "--api-key", "file:/no/such"));

  it("it is another server", async () => {
    const server = createServer((_, res) => void res.writeHead(404).end("Not here."));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    await tellsOnly(3, /answers 404: is this the base URL of the API\? \(--path-map, if its paths are others\)/, "--base-url", base);
    server.close();
  });

  it("its clock is wrong by an hour", async () => {
    here.front.use(async (request, forward) => {
      const found = await forward(request);
      return { ...found, headers: { ...found.headers, date: new Date(Date.now() + 3_600_000).toUTCString() } };
    });
    // A Date header leaves out the fraction of a second, and a busy machine takes its time.
    await tellsOnly(3, /the target's clock is 3(5[89]\d|600) s away from this machine's; set one of them right/);
  });
});

describe("capabilities that cannot be used", () => {
  const document = loadDocument();
  const refused = (text: string) => {
    try {
      return JSON.stringify(readCapabilities(here.file("bad.yaml", text), document));
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };

  it.each([
    ["", /has no lines such as `webhooks: false`/],
    ["[webhooks]", /has no lines such as/],
    ["webhooks: {", /bad\.yaml cannot be read/],
    ["webhook: false", /webhook is not known; known are webhooks, idempotency/],
    ["constructor: {}", /constructor is not known/],
    ["webhooks: maybe", /webhooks cannot be "maybe": it is true or false/],
    ["consistency_ms: -1", /consistency_ms cannot be -1: it is a number of milliseconds from 0/],
    ["consistency_ms: .inf", /consistency_ms cannot be null: it is a number/],
    ["confirmation_ms: 5s", /confirmation_ms cannot be "5s"/],
    ["limiter: leaky", /limiter cannot be "leaky": it is one of sliding, fixed, token_bucket, unknown/],
    ["unsupported: deleteUser", /unsupported cannot be "deleteUser": it is a list of operations/],
    ["unsupported: [removeUser]", /removeUser is no operation of the document; /],
    ["unsupported: [deleteUsers]", /deleteUsers is no operation of the document; did you mean deleteUser\?/],
    ["known:", /known cannot be null: it has texts called user_id, badge_id, award_id/],
    ["known: {user: usr_1}", /known cannot be .*: it has texts called/],
    ["implementation: [Ours]", /implementation cannot be \["Ours"\]: it has texts called name, version, url/],
  ])("%j", (text, message) => {
    expect(refused(text)).toMatch(/^UsageError: --capabilities: /);
    expect(refused(text)).toMatch(message);
  });
});
