import { createPublicClient, http, parseAbi, webSocket } from "viem";
import { expect, it, onTestFinished, vi } from "vitest";
import { gets, TOKEN_ABI } from "../rpc/token-abi.ts";
import { type Account, openWorld } from "../rpc/world.ts";
import { closeSocket } from "./viem.ts";

/** Ada holds a funded account. */
async function withAda() {
  const world = await openWorld();
  const account = world.sandbox.accounts[0] as Account;
  const ada = await world.api.user(account.address);
  const transfers = vi.fn();
  const asked = { address: world.token as `0x${string}`, abi: parseAbi(TOKEN_ABI), eventName: "Transfer", onLogs: transfers } as const;
  return { ...world, ada, account, transfers, asked };
}

it("reads a maxFeePerGas", async () => {
  const { http: url } = await openWorld();
  const fees = await createPublicClient({ transport: http(url) }).estimateFeesPerGas();
  expect(fees.maxFeePerGas).toBeGreaterThanOrEqual(7n);
});

it("polls events over HTTP", async () => {
  const { http: url, api, ada, transfers, asked } = await withAda();
  onTestFinished(createPublicClient({ transport: http(url), pollingInterval: 20 }).watchContractEvent(asked));
  // It does not say when it has begun to listen, so there is one event after the other until it has heard one.
  await vi.waitFor(
    async () => {
      await api.mint(ada.id, "1");
      expect(transfers).toHaveBeenCalled();
    },
    { timeout: 10_000, interval: 100 },
  );
});

it("hears blocks and Transfer events over WebSocket", async () => {
  const { ws, api, ada, account, transfers, asked } = await withAda();
  const client = createPublicClient({ transport: webSocket(ws) });
  const blocks = vi.fn();
  const stop = [client.watchBlockNumber({ onBlockNumber: blocks }), client.watchContractEvent(asked)];
  onTestFinished(async () => {
    for (const each of stop) each();
    await closeSocket(client);
  });
  await client.getChainId();
  await api.mint(ada.id, "1");
  await vi.waitFor(() => expect(blocks).toHaveBeenCalledWith(2n, undefined));
  await vi.waitFor(() => expect(transfers.mock.calls[0]?.[0][0].args).toMatchObject({ to: account.address, value: gets(1) }));
});
