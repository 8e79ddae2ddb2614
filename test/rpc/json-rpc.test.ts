import { expect, it } from "vitest";
import { openWorld } from "./world.ts";

async function post(url: string, body: string) {
  const response = await fetch(url, { method: "POST", body });
  const text = await response.text();
  return { status: response.status, text, json: text === "" ? null : JSON.parse(text) };
}
const call = (id: unknown, method = "eth_chainId", more: object = {}) => ({ jsonrpc: "2.0", id, method, ...more });

it("answers with the id it was given", async () => {
  const { http } = await openWorld();
  for (const id of [7, "seven", null]) {
    const { status, json } = await post(http, JSON.stringify(call(id)));
    expect(status).toBe(200);
    expect(json).toEqual({ jsonrpc: "2.0", id, result: "0x7a69" });
  }
});

it("what is not JSON is a parse error", async () => {
  const { http } = await openWorld();
  for (const text of ["{", "", "zebra", '[{"jsonrpc":"2.0"']) {
    expect((await post(http, text)).json).toMatchObject({ id: null, error: { code: -32700 } });
  }
});

it("what is no request is an invalid request", async () => {
  const { http } = await openWorld();
  for (const body of [1, null, "x", [], {}, { id: 1, method: "eth_chainId" }, call({}), call(1, undefined, { method: 5 })]) {
    expect((await post(http, JSON.stringify(body))).json).toMatchObject({ jsonrpc: "2.0", error: { code: -32600 } });
  }
});

it("parameters go by position", async () => {
  const { http } = await openWorld();
  const { json } = await post(http, JSON.stringify(call(1, "eth_getBalance", { params: { address: "0x" } })));
  expect(json).toMatchObject({ id: 1, error: { code: -32602 } });
});

it("a batch is answered in its order, each part by itself", async () => {
  const { http } = await openWorld();
  const batch = [call(1), call("b", "zebra"), 5, { jsonrpc: "2.0", method: "eth_chainId" }, call(3, "eth_blockNumber")];
  const { json } = await post(http, JSON.stringify(batch));
  expect(json).toMatchObject([
    { id: 1, result: "0x7a69" },
    { id: "b", error: { code: -32601 } },
    { id: null, error: { code: -32600 } },
    { id: 3, result: "0x1" },
  ]);
  expect(json).toHaveLength(4);
});

it("the calls of a batch see what those before them did", async () => {
  const { http } = await openWorld();
  const { json } = await post(
    http,
    JSON.stringify([call(1, "evm_mine"), call(2, "eth_blockNumber"), call(3, "evm_mine"), call(4, "eth_blockNumber")]),
  );
  expect(json.map(({ result }: { result: string }) => result)).toEqual(["0x0", "0x2", "0x0", "0x3"]);
});

it("a batch has a limit", async () => {
  const { http } = await openWorld();
  const { json } = await post(http, JSON.stringify(Array.from({ length: 1001 }, (_, id) => call(id))));
  expect(json).toMatchObject({ error: { code: -32600 } });
});

it("a notification is carried out and not answered", async () => {
  const { http, rpc } = await openWorld();
  const mine = { jsonrpc: "2.0", method: "evm_mine" };
  expect(await post(http, JSON.stringify(mine))).toMatchObject({ status: 204, text: "" });
  expect(await post(http, JSON.stringify([mine, mine]))).toMatchObject({ status: 204, text: "" });
  expect(await post(http, JSON.stringify({ jsonrpc: "2.0", method: "zebra" }))).toMatchObject({ status: 204, text: "" });
  expect(await rpc("eth_blockNumber")).toBe("0x4");
});
