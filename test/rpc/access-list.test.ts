import { expect, it } from "vitest";
import { LOOPS, program } from "../support/programs.ts";
import { openWorld, TOKEN } from "./world.ts";

interface Listed {
  readonly accessList: { address: string; storageKeys: string[] }[];
  readonly gasUsed: string;
  readonly error?: string;
}

it("a transaction with its access list takes the gas that was said", async () => {
  const { rpc, token, api, sandbox } = await openWorld();
  const from = sandbox.accounts[0]?.address as string;
  const ada = await api.user(from);
  await api.mint(ada.id, "5");
  const call = { from, to: token, data: TOKEN.encodeFunctionData("transfer", [sandbox.accounts[1]?.address, 1]) };
  const { accessList, gasUsed } = await rpc<Listed>("eth_createAccessList", [call, "latest"]);
  // The two balances, and whether the token is paused; the token itself is warm, being called.
  expect(accessList).toMatchObject([{ address: token.toLowerCase() }]);
  expect(accessList[0]?.storageKeys).toHaveLength(3);
  const hash = await rpc("eth_sendTransaction", [{ ...call, accessList }]);
  expect(await rpc("eth_getTransactionReceipt", [hash])).toMatchObject({ status: "0x1", gasUsed });
});

it("leaves out what is warm, keeps what was given, and says why a call fails", async () => {
  const { rpc } = await openWorld();
  const [given, read] = [`0x${"aa".repeat(20)}`, `0x${"bb".repeat(20)}`];
  const data = program(`${read} BALANCE POP 0 0 0 0 0 4 GAS CALL POP 0 0 REVERT`);
  const accessList = [{ address: given, storageKeys: [`0x${"0".repeat(63)}1`] }];
  const answer = await rpc<Listed>("eth_createAccessList", [{ data, accessList }]);
  expect(answer).toMatchObject({ accessList: [...accessList, { address: read, storageKeys: [] }], error: "execution reverted" });
});

it("a loop is stopped as a call is", async () => {
  const { rpc } = await openWorld();
  expect(await rpc("eth_createAccessList", [{ data: LOOPS.jumps }])).toMatchObject({
    accessList: [],
    error: expect.stringMatching(/^out of gas .*--call-gas/),
  });
});
