/** `getsmart-sandbox seed`, in a process of its own, against a sandbox that serves. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAmounts } from "../../emulator/cli/seed.ts";
import { type World, world } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";
import { command } from "../support/processes.ts";

let here: World;
let url: string;
const folder = newFolder();
beforeAll(async () => {
  here = await world();
  url = `${await here.sandbox.listen()}/_sandbox`;
});
afterAll(() => here.sandbox.close());

const seed = (...args: string[]) => clientCommand(["seed", ...args, "--url", url], { cwd: folder });

describe("getsmart-sandbox seed", () => {
  it("brings in fixtures by name and by file, in turn", async () => {
    const text = "fixture: class\nsteps:\n  - at: -3d\n    createUser: { email: ada@class.example, display_name: Ada }\n";
    writeFileSync(join(folder, "class.yaml"), text);
    expect(await seed("course", "class.yaml")).toEqual({
      code: 0,
      stdout: "course: 1 user, 10 badges, 10 achievements\nclass.yaml: 1 user; the clock went on 3 days, as long as its history is\n",
      stderr: "",
    });
  });

  it("says where a fixture is refused", async () => {
    const { code, stderr: err } = await seed("course");
    expect(code).toBe(1);
    expect(err).toMatch(/course\.yaml:\d+:\d+: EMAIL_ALREADY_EXISTS: sponsor \(createUser\): Another user has this email\./);
  });

  it("generates data, and says how fast", async () => {
    const { code, stdout: out } = await seed("--generate", "users=30,badges=2,awards=40");
    expect([code, out]).toEqual([0, expect.stringMatching(/^30 users, 2 badges, 40 awards in \d+\.\d s: \d+ a second\n$/)]);
    expect((await here.api.get("/awards?limit=100").expect(200)).body.data.items).toHaveLength(40);
  });

  it.each([
    ["an unknown fixture", ["acadamy"], "there is no fixture acadamy, and no such file; there are academy, course, empty"],
    ["a folder", ["."], "there is no fixture ., and no such file"],
    ["nothing", [], "name fixtures, or say --generate"],
    ["both", ["course", "--generate", "users=1"], "name fixtures, or say --generate"],
    ["amounts that are none", ["--generate", "users=many"], "write it as users=10000"],
  ])("refuses %s as usage", async (_, args, sentence) => {
    const { code, stderr: err } = await seed(...args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });
});

describe("getsmart-sandbox start --fixture", () => {
  it("with an unknown name is a usage error that names the others", async () => {
    const { code, stderr: err } = await command(["start", "--ephemeral", "--port", "0", "--fixture", "acadamy"], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringMatching(/There is no fixture acadamy.*there are academy, course, empty/)]);
  });

  it("with a broken file says each place, without a stack", async () => {
    writeFileSync(join(folder, "broken.yaml"), "fixture: broken\nsteps:\n  - fly: {}\n  - createUser: { email: 7 }\n");
    const { code, stderr: err } = await command(["start", "--ephemeral", "--port", "0", "--fixture", "broken.yaml"], { cwd: folder });
    expect(code).toBe(1);
    expect(err).toMatch(/^getsmart-sandbox: broken\.yaml:3:5: UNKNOWN_STEP: fly is no step/);
    expect(err).not.toContain("    at ");
  });
});

describe("amounts", () => {
  it.each([
    ["users=10000", { users: 10_000 }],
    ["users=1, badges=2,awards=3", { users: 1, badges: 2, awards: 3 }],
  ])("%s", (text, amounts) => {
    expect(parseAmounts(text)).toEqual(amounts);
  });

  it.each(["", "users", "users=0", "users=1.5", "users=-1", "keys=3", "users=1;badges=2", "users=99999999"])("%s are none", (text) => {
    expect(() => parseAmounts(text)).toThrow(/users=10000/);
  });
});
