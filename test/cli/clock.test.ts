/** `getsmart-sandbox clock` says what moving it does to credentials, and names the option with which jose accepts them. */
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BadgeWorld, badgeWorld } from "../support/client.ts";
import { clientCommand } from "../support/command-here.ts";
import { newFolder } from "../support/folder.ts";

let here: BadgeWorld;
const clock = async (line: string) =>
  clientCommand(["clock", ...line.split(" "), "--url", here.sandbox.info().urls.control as string], { cwd: newFolder() });

beforeAll(async () => {
  here = await badgeWorld();
  await here.sandbox.listen();
});
afterAll(() => here.sandbox.close());

it("says nothing while the clock is not ahead", async () => {
  expect(await clock("show")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+Z {2}running\n$/), stderr: "" });
});

it("ahead of real time it says, beside its line, that verifiers refuse new credentials, and how they do not", async () => {
  await clock("freeze");
  const { stdout, stderr } = await clock("advance 90d");
  expect(stdout).toMatch(/^\S+Z {2}frozen\n$/);
  const award = await here.award("claimed");
  const { text } = await here.api.get(`/awards/${award.id}/credential`).buffer();
  const keys = createLocalJWKSet((await here.api.get("/jwks.json")).body);
  await expect(jwtVerify(text, keys)).rejects.toThrow(errors.JWTClaimValidationFailed);
  const [, currentDate = ""] = /currentDate: new Date\("(.+?)"\)/.exec(stderr) ?? [];
  expect((await jwtVerify(text, keys, { currentDate: new Date(currentDate) })).payload.jti).toBe(award.credential_url);
});
