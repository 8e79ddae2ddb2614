/** `getsmart-sandbox keys list`, beside a clock that is ahead of this machine's. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect } from "../../emulator/cli/client.ts";
import { createKey, listKeys, revokeKey } from "../../emulator/cli/keys.ts";
import { type World, world } from "../support/client.ts";

let here: World;
beforeAll(async () => void (here = await world()));
afterAll(() => here.sandbox.close());

it("tells active, expired and revoked keys by the sandbox clock", async () => {
  const client = await connect({ url: `${await here.sandbox.listen()}/_sandbox` });
  const inDays = (days: number) => new Date(Date.parse(here.sandbox.clock.show().now) + days * 86_400_000).toISOString();
  const scopes = ["users:read"];
  const short = await createKey(client, { name: "short", scopes, expires_at: inDays(30) });
  await createKey(client, { name: "long", scopes, expires_at: inDays(120) });
  await createKey(client, { name: "gone", scopes });
  const stateOf = async (name: string) => (await listKeys(client)).split("\n").find((line) => line.includes(`  ${name}  [`)) ?? "";
  await revokeKey(client, (await stateOf("gone")).split(" ")[0] as string);
  expect(await stateOf("short")).toContain("active");
  await here.sandbox.clock.advance("90d");
  expect([await stateOf("short"), await stateOf("long"), await stateOf("gone")]).toEqual([
    expect.stringContaining("expired"),
    expect.stringContaining("active"),
    expect.stringContaining("revoked"),
  ]);
  expect((await here.api.as(short).get("/users")).status).toBe(401);
});
