/** What execution-apis leaves to no taste, asked of anvil too: access lists, simulations, receipts. */
import { expect, it } from "vitest";
import { openWorld } from "../rpc/world.ts";
import { program } from "../support/programs.ts";
import { anvil, ask } from "./anvil.ts";

const [ADA, BOB, CAT] = ["c0", "c1", "c2"].map((byte) => `0x${byte}${"0".repeat(38)}`) as [string, string, string];
const FUNDED = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

/** Reads and writes two slots of its own, reads a balance and calls. */
const BUSY = program(`5 SLOAD 6 SSTORE ${BOB} BALANCE POP 0 0 0 0 0 ${CAT} GAS CALL POP 0 0 0 0 0 4 GAS CALL POP 0 0 LOG0`);
const BYTES = /^0x([0-9a-f]{2})*$/;

interface Simulated {
  readonly baseFeePerGas: string;
  readonly calls: readonly {
    status: string;
    returnData: string;
    gasUsed: string;
    logs: { address: string; topics: string[]; data: string }[];
    error?: { code: number };
  }[];
}

it("an access list is that of anvil", async () => {
  const [theirs, { rpc }] = [await anvil(), await openWorld()];
  type Listed = { accessList: { address: string; storageKeys: string[] }[]; gasUsed: string };
  const of = async (answer: Promise<Listed>) => {
    const { accessList, gasUsed } = await answer;
    const entries = accessList.map(({ address, storageKeys }) => [address, storageKeys.toSorted()]).sort();
    return { entries, gasUsed };
  };
  const params = [{ from: FUNDED, data: BUSY, gas: "0x186a0" }, "latest"];
  expect(await of(rpc("eth_createAccessList", params))).toEqual(await of(ask(theirs, "eth_createAccessList", params)));
});

it.each<[string, object]>([
  [
    "calls across blocks",
    {
      blockStateCalls: [
        { stateOverrides: { [ADA]: { balance: "0x3e8" } }, calls: [{ from: ADA, to: BOB, value: "0x3e8" }] },
        { calls: [{ from: BOB, to: CAT, value: "0x3e8" }] },
      ],
      traceTransfers: true,
    },
  ],
  [
    "logs, storage and overridden code",
    {
      blockStateCalls: [
        {
          stateOverrides: { [BOB]: { code: BUSY } },
          calls: [
            { from: ADA, to: BOB },
            { from: ADA, to: BOB },
          ],
        },
      ],
    },
  ],
  [
    "a revert",
    { blockStateCalls: [{ stateOverrides: { [BOB]: { code: program("7 0 MSTORE 32 0 REVERT") } }, calls: [{ from: ADA, to: BOB }] }] },
  ],
  [
    "a block of its own",
    {
      blockStateCalls: [
        {
          stateOverrides: { [BOB]: { code: program("COINBASE 0 MSTORE 32 0 RETURN") } },
          blockOverrides: { feeRecipient: CAT },
          calls: [{ from: ADA, to: BOB }],
        },
      ],
    },
  ],
])("a simulation gives what anvil gives: %s", async (_, payload) => {
  const [theirs, { rpc }] = [await anvil(), await openWorld()];
  const essence = (blocks: readonly Simulated[]) =>
    blocks.map(({ calls }) =>
      calls.map(({ status, returnData, gasUsed, logs, error }) => ({
        ...{ status, returnData, gasUsed, failed: error !== undefined },
        logs: logs.map(({ address, topics, data }) => ({ address: address.toLowerCase(), topics, data })),
      })),
    );
  const ours = await rpc<Simulated[]>("eth_simulateV1", [payload, "latest"]);
  expect(essence(ours)).toEqual(essence(await ask<Simulated[]>(theirs, "eth_simulateV1", [payload, "latest"])));
  for (const { calls } of ours) for (const { returnData } of calls) expect(returnData).toMatch(BYTES);
});

it("receipts of a block have the members of anvil's", async () => {
  const [theirs, { rpc }] = [await anvil(), await openWorld()];
  const send = [{ from: FUNDED, to: BOB, value: "0x1" }];
  await Promise.all([rpc("eth_sendTransaction", send), ask(theirs, "eth_sendTransaction", send)]);
  const members = (receipts: object[]) =>
    receipts.map((receipt) =>
      Object.keys(receipt)
        .filter((name) => !/^blob|blockTimestamp/.test(name))
        .sort(),
    );
  const [ours] = [await rpc<object[]>("eth_getBlockReceipts", ["latest"])];
  expect(members(ours)).toEqual(members(await ask<object[]>(theirs, "eth_getBlockReceipts", ["latest"])));
});
