/** `replay`: one check of a report again, with the same data, against the server as it now is. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { at, jsonOf, withBody } from "../mutants/tamper.ts";
import { ground } from "./ground.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const here = ground();
/** Bodies that were sent to change a user. */
const sent: string[] = [];
let broken = true;
let report: string;

beforeAll(async () => {
  here.front.use(async (request, forward) => {
    if (!at("PATCH /users/*")(request)) return await forward(request);
    sent.push(request.body.toString());
    return await forward(broken ? withBody(request, { ...jsonOf(request), display_name: "Somebody else" }) : request);
  });
  report = `${here.folder}/report.json`;
  const { code } = await here.conformance("--only", "USER-*", "--report", `json=${report}`);
  expect(code).toBe(1);
});

describe("a report of a run that failed", () => {
  it("the same check fails again, with the same data, and everything that it sends is shown", async () => {
    const first = sent.map((body) => jsonOf({ body: Buffer.from(body) })?.display_name);
    sent.length = 0;
    const { code, stdout } = await here.conformance("replay", report, "user-02");
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ USER-02/);
    const again = sent.map((body) => jsonOf({ body: Buffer.from(body) })?.display_name);
    expect(first).toEqual(expect.arrayContaining(again));
    expect(stdout.match(/^curl -i -X PATCH/gm)?.length).toBe(sent.length);
    for (const body of sent) expect(stdout).toContain(body);
    expect(stdout).not.toContain(here.sandbox.apiKey);
  });

  it("when the server is mended it holds, and what was sent is still shown", async () => {
    broken = false;
    const { code, stdout } = await here.conformance("replay", report, "USER-02");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^curl -i -X POST '\S+\/v1\/users'.*\n→ 201 \(\d+ ms\)$/m);
    expect(stdout).toContain("1/1 selected");
  });

  it("it goes to where the report was made, unless another address is given", async () => {
    const { code, stderr } = await here.conformance("replay", report, "USER-02", "--base-url", "http://127.0.0.1:9/v1");
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
  });

  it("a check that needs more than that run had says what", async () => {
    const { code, stdout } = await here.conformance("replay", report, "HOOK-03");
    expect(code).toBe(3);
    expect(stdout).toContain("it needs a webhook receiver: --webhook-receiver");
  });
});

describe("what cannot be repeated", () => {
  it.each([
    ["report.json", "USER-99", /^getsmart-sandbox: no requirement is called USER-99; `conformance list` shows all\n$/],
    ["no-such.json", "USER-02", /no-such\.json is no JSON report of this kit \(`--report json=FILE` writes one\): ENOENT/],
    ["text.json", "USER-02", /text\.json is no JSON report of this kit .*JSON/],
    ["empty.json", "USER-02", /empty\.json is no JSON report of this kit .*: it names no base URL, mode and seed\n$/],
    ["null.json", "USER-02", /null\.json is no JSON report of this kit .*: it names no base URL, mode and seed\n$/],
  ])("%s %s", async (file, id, message) => {
    here.file("text.json", "<testsuites/>");
    here.file("empty.json", "{}");
    here.file("null.json", "null");
    const { code, stdout, stderr } = await here.conformance("replay", file, id);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("without a report nothing is repeated: usage", async () => {
    const { code, stderr } = await here.conformance("replay");
    expect(code).not.toBe(0);
    expect(stderr).toContain("missing required argument 'report'");
  });
});

it("the report itself holds no key", () => {
  expect(readFileSync(report, "utf8")).not.toContain(here.sandbox.apiKey);
});
