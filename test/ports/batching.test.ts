/** Calls to the chain in one exchange, and what becomes of them where Hardhat should not let a batch through. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { batching, type Call, createNetwork, type Provider } from "../../emulator/adapters/hardhat/network.ts";
import { newRules } from "../../emulator/adapters/hardhat/rules.ts";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";

let network: Awaited<ReturnType<typeof createNetwork>>;
beforeAll(async () => {
  network = await createNetwork({ chainId: 31337, genesis: new Date("2026-01-01T00:00:00Z"), rules: newRules(), root: PACKAGE_ROOT });
});
afterAll(() => network.close());

const number: Call = { method: "eth_blockNumber", params: [] };
const mine: Call = { method: "evm_mine", params: [] };
const nonsense: Call = { method: "eth_sendRawTransaction", params: ["0x00"] };

/** The provider as it is, and as one that knows no batches; both count what they are asked. */
const providers: readonly [string, (asked: string[]) => Pick<Provider, "request">, number][] = [
  ["in one exchange, with the Hardhat that is installed", (asked) => ({ request: (call) => noted(asked, call) }), 1],
  [
    "in turn, with one that refuses",
    (asked) => ({
      request: (call) =>
        call.method.startsWith("eth_") || call.method === "evm_mine" ? noted(asked, call) : Promise.reject(new Error("no")),
    }),
    3,
  ],
];

function noted(asked: string[], call: Call): Promise<unknown> {
  asked.push(call.method);
  return network.provider.request(call);
}

it.each(providers)("%s", async (_, make, exchanges) => {
  const asked: string[] = [];
  const provider = await batching(make(asked));
  asked.length = 0;
  const [before, , after] = (await provider.batch([number, mine, number])) as [string, unknown, string];
  expect(Number(after)).toBe(Number(before) + 1);
  expect(asked).toHaveLength(exchanges);
  await expect(provider.batch([mine, nonsense, mine])).rejects.toThrow();
  expect(Number(await provider.request(number))).toBe(Number(after) + 1);
});
