/** `POST /_sandbox/seed`: a fixture by name or as text, or generated data. */
import { readFileSync } from "node:fs";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusal, type World, world } from "../support/client.ts";

let here: World;
beforeEach(async () => {
  here = await world();
});
afterEach(() => here.sandbox.close());

const seed = (body: object) => request(here.sandbox.app).post("/_sandbox/seed").send(body);
const users = async () => (await here.api.get("/users").expect(200)).body.data.items;

const STORY = `fixture: class
steps:
  - at: -10d
    createUser: { email: ada@class.example, display_name: Ada }
`;

describe("POST /_sandbox/seed", () => {
  it("a fixture by name", async () => {
    const { body } = await seed({ fixture: "course" }).expect(200);
    expect(body).toMatchObject({ status: "success", data: { made: { users: 1, badges: 10 }, clock_advanced_ms: 0 } });
    expect(body.message).toMatch(/^Made 1 user, 10 badges and 10 achievements\.$/);
    expect(await users()).toHaveLength(1);
  });

  it("a fixture as text; the message says that the clock went on", async () => {
    const { body } = await seed({ yaml: STORY, file: "class.yaml" }).expect(200);
    expect(body.message).toBe("Made 1 user. Its history spans 10 days; the clock moved forward by that much.");
  });

  it("generated data", async () => {
    const { body } = await seed({ generate: { users: 3 } }).expect(200);
    expect(body.data.made).toMatchObject({ users: 3, transactions: 3 });
  });

  it("a refusal has its code, its status, and file, line and column", async () => {
    await seed({ yaml: STORY }).expect(200);
    const { body } = await seed({ yaml: STORY, file: "class.yaml" }).expect(409);
    expect(body.error).toMatchObject({
      code: "EMAIL_ALREADY_EXISTS",
      message: "class.yaml:4:19: EMAIL_ALREADY_EXISTS: createUser: Another user has this email.",
      details: [{ code: "EMAIL_ALREADY_EXISTS", file: "class.yaml", line: 4, column: 19 }],
    });
    expect(await users()).toHaveLength(1);
  });

  it("problems of the text, each with its place", async () => {
    const { body } = await seed({ yaml: `${STORY}  - fly: {}\n  - deleteUser: {}\n  - swim: {}\n` }).expect(400);
    expect(body.error.details.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [5, "UNKNOWN_STEP"],
      [7, "UNKNOWN_STEP"],
    ]);
  });

  it.each([
    ["nothing", {}, "VALIDATION_FAILED", "exactly one of fixture, yaml and generate"],
    ["two at once", { fixture: "course", generate: {} }, "VALIDATION_FAILED", "exactly one of fixture, yaml and generate"],
    ["a name that is none", { fixture: "acadamy" }, "FIXTURE_NOT_FOUND", "academy, course, empty"],
    ["a path: files of this machine are not read for others", { fixture: "/etc/passwd" }, "FIXTURE_NOT_FOUND", "academy, course, empty"],
    ["a path that leaves the folder", { fixture: "../package" }, "FIXTURE_NOT_FOUND", "academy, course, empty"],
    ["amounts that are none", { generate: { users: -1 } }, "VALIDATION_FAILED", "generate.users must be a whole number from 0 to 1000000"],
    ["something that is not generated", { generate: { keys: 5 } }, "UNKNOWN_PARAMETER", "generate.keys is not known here"],
    ["a word for another", { genrate: { users: 1 } }, "UNKNOWN_PARAMETER", "genrate is not known here. Did you mean generate?"],
    [
      "a step misspelt",
      { yaml: "fixture: x\nsteps:\n  - createUsr: {}\n" },
      "VALIDATION_FAILED",
      "no step. Did you mean createUser? Known",
    ],
    ["a member misspelt", { yaml: "fixture: x\nstep: []\n" }, "VALIDATION_FAILED", "step is not known here. Did you mean steps?"],
    [
      "a step's member misspelt",
      { yaml: "fixture: x\nsteps:\n  - publishBadge: { badgeid: x }\n" },
      "VALIDATION_FAILED",
      "badgeid is not known here. Did you mean badge_id?",
    ],
    ["too much", { generate: { users: 10_000_000 } }, "VALIDATION_FAILED", "generate.users must be a whole number from 0 to 1000000"],
  ])("refuses %s, and says what it takes", async (_, body, code, sentence) => {
    const answer = await seed(body);
    refusal(code)(answer);
    expect(answer.body.error.message).toContain(sentence);
    expect(answer.text).not.toContain("root:");
  });

  it("GET /_sandbox/fixtures names those that are shipped", async () => {
    const { body } = await request(here.sandbox.app).get("/_sandbox/fixtures").expect(200);
    expect(body.data.items).toEqual(["academy", "course", "empty"]);
  });

  it("is what the in-process call does", async () => {
    await here.sandbox.seed({ yaml: readFileSync(new URL("../../fixtures/course.yaml", import.meta.url), "utf8") });
    expect(await users()).toHaveLength(1);
  });
});
