import { test as base } from "getsmart-sandbox/vitest";
import { expect } from "vitest";
import { Wallet } from "./wallet.ts";

const test = base
  .extend({ sandboxOptions: { seed: 1 } })
  .extend("wallet", async ({ sandbox }) => new Wallet(`${await sandbox.listen()}/v1`, sandbox.apiKey));

test("a reward arrives", async ({ wallet }) => {
  const ada = await wallet.open("ada@example.com");
  await wallet.reward(ada, "12.5");
  expect(await wallet.balance(ada)).toBe("12.5");
});

test("the same address again: the test before has left nothing", async ({ wallet, sandbox }) => {
  const ada = await wallet.open("ada@example.com");
  expect(await wallet.balance(ada)).toBe("0");
  await expect(wallet.open("ada@example.com")).rejects.toThrow("EMAIL_ALREADY_EXISTS");
  await sandbox.doctor();
});

test("a chain that is down is told as such", async ({ wallet, sandbox }) => {
  const ada = await wallet.open("ada@example.com");
  sandbox.faults.add({ operationId: "mintTokens", times: 1, error: { status: 503, code: "CHAIN_UNAVAILABLE" } });
  await expect(wallet.reward(ada, "1")).rejects.toThrow("CHAIN_UNAVAILABLE");
  await wallet.reward(ada, "1");
  expect(await wallet.balance(ada)).toBe("1");
});
