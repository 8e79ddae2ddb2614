/** MetaMask's OpenRPC document: the methods that its provider hands on to the node, and what it expects in an answer. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { NOT_SERVED } from "../rpc/method-lists.ts";
import { openWorld } from "../rpc/world.ts";

interface Method {
  readonly name: string;
  readonly result: { readonly schema: object };
}

const text = readFileSync(createRequire(import.meta.url).resolve("@metamask/api-specs/dist/build/openrpc.json"), "utf8");
// Members that came after the document, such as blockTimestamp of a log, are allowed.
const document = JSON.parse(text.replaceAll(/"additionalProperties": ?false,?/g, "")) as { methods: Method[]; components: object };
const methods = document.methods.filter(({ name }) => !NOT_SERVED.MetaMask?.test(name));

it("finds what it hands on", async () => {
  const { refused, rpc } = await openWorld();
  expect(methods.length).toBeGreaterThan(35);
  for (const { name } of methods) {
    const code = await rpc(name).then(
      () => 0,
      (error) => error.code,
    );
    expect([name, code]).not.toEqual([name, -32601]);
  }
  for (const { name } of document.methods.filter((each) => !methods.includes(each))) {
    expect(await refused(name)).toMatchObject({ code: -32601, message: expect.stringContaining("wallet") });
  }
});

describe("an answer has the form that it documents", () => {
  it.each<[string, unknown[]]>([
    ["eth_accounts", []],
    ["eth_blockNumber", []],
    ["eth_chainId", []],
    ["eth_gasPrice", []],
    ["eth_feeHistory", ["0x2", "latest", []]],
    ["eth_getBlockByNumber", ["latest", false]],
    ["eth_getBlockByNumber", ["pending", false]],
    ["eth_getBlockTransactionCountByNumber", ["latest"]],
    ["eth_getUncleCountByBlockNumber", ["latest"]],
    ["eth_getLogs", [{ topics: null }]],
    ["eth_newFilter", [{}]],
    ["eth_newBlockFilter", []],
    ["eth_newPendingTransactionFilter", []],
    ["eth_syncing", []],
  ])("%s %j", async (name, params) => {
    const { rpc } = await openWorld();
    const ajv = new Ajv({ strict: false });
    const { schema } = (methods.find((each) => each.name === name) as Method).result;
    const validate = ajv.compile({ ...schema, components: document.components });
    expect([validate(await rpc(name, params)), validate.errors]).toEqual([true, null]);
  });
});
