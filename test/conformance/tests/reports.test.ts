/** What a failure of several commands looks like in each report: a sentence, and the commands as lines to copy. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { at, jsonOf, withBody } from "../mutants/tamper.ts";
import { ground } from "./ground.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const here = ground();
const FORMATS = ["html", "md", "junit", "json"] as const;
let console_: string;
const report = (format: string) => readFileSync(`${here.folder}/report.${format}`, "utf8");

beforeAll(async () => {
  here.front.use((request, forward) =>
    forward(at("PATCH /users/*")(request) ? withBody(request, { ...jsonOf(request), display_name: "Some <b> | `body`\u009b2J" }) : request),
  );
  const wanted = FORMATS.map((format) => `${format}=${here.folder}/report.${format}`).join(",");
  const { code, stdout } = await here.conformance("--only", "STATE-01,USER-06", "--profile", "full", "--report", wanted);
  expect(code).toBe(1);
  console_ = stdout;
});

const SENTENCE = /the name is the one just given, after 1 of 48 random steps \(\$A, \$B and \$C are new users\):/;

describe("a program that fails", () => {
  it("console: the command on its own line, groups that were not selected in one", () => {
    expect(console_).toMatch(new RegExp(`${SENTENCE.source}\\n +curl -X PATCH "\\$BASE/users/\\$[ABC]"`));
    expect(console_).toMatch(/^ {2}not selected: ENV, HTTP, SEC, .*HOOK$/m);
  });

  it("console: control characters of the target are text", () => {
    expect(console_).toContain("\\u009b2J");
    expect(console_).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  it("HTML: the command in a block of its own, markup of the target as text", () => {
    expect(report("html")).toMatch(new RegExp(`<p class="reason">${SENTENCE.source}</p>\\n<pre>curl -X PATCH [^<]+</pre>`));
    expect(report("html")).toContain("Some &lt;b&gt; | `body`");
    expect(report("html")).not.toContain("Some <b>");
  });

  it("Markdown: the command in a fence, nothing of it escaped", () => {
    expect(report("md")).toMatch(/```sh\ncurl -X PATCH "\$BASE\/users\/\$[ABC]" .*display_name.*\n```/);
  });

  it("JUnit: the sentence as message, all of it in the text", () => {
    const [, message = "", text = ""] = /<failure type="fail" message="([^"]*)">([\s\S]*?)<\/failure>/.exec(report("junit")) ?? [];
    expect(message).toMatch(new RegExp(`^${SENTENCE.source}$`));
    expect(text).toMatch(/\n {2}curl -X PATCH &quot;\$BASE/);
  });

  it("CTRF: the test has failed, with the same sentence", () => {
    const { tests } = JSON.parse(report("json")).results;
    const failed = tests.filter(({ status }: { status: string }) => status === "failed");
    expect(failed).toHaveLength(1);
    expect(failed[0].name).toMatch(/^STATE-01 /);
    expect(failed[0].message).toMatch(SENTENCE);
  });
});

describe("what many checks could not be set up for", () => {
  it("console: told once, with all that met it", async () => {
    here.front.use(async (request, forward) => {
      const answer = await forward(request);
      return at("POST /users")(request) ? { ...answer, status: 503 } : answer;
    });
    const { stdout } = await here.conformance("--only", "TOKEN-0*");
    const blocks = stdout.split("\n\n").filter((block) => block.includes("could not be set up"));
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toMatch(/^\? (TOKEN-\d\d) [\s\S]*503[\s\S]*\n +so too +TOKEN-\d\d, TOKEN-\d\d/);
  });
});
