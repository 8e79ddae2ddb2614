/** EIP-7702: an account lends itself the code of a contract. Wallets may; the server wallet must not. */
import { id, Wallet } from "ethers";
import { describe, expect, it } from "vitest";
import { newFolder } from "../support/folder.ts";
import { hardhatNode } from "./hardhat-node.ts";
import { type Account, openWorld, type World } from "./world.ts";

const FEES = { maxFeePerGas: 1_000_000_000, maxPriorityFeePerGas: 0 };
const CODE = `0x${"77".repeat(20)}`;

const authorization = async (privateKey: string, nonce: number) => {
  const { address, chainId, signature, ...rest } = await new Wallet(privateKey).authorize({ address: CODE, chainId: 31337, nonce });
  return { address, chainId, nonce: rest.nonce, signature };
};

/** Signed by `sender`, it delegates the account of `privateKey` to the code at CODE. */
async function delegation(sender: Account, privateKey: string, nonce: number): Promise<string> {
  const authorizationList = [await authorization(privateKey, nonce)];
  return new Wallet(sender.privateKey).signTransaction({
    ...{ type: 4, to: sender.address, nonce: 0, gasLimit: 100_000, chainId: 31337, ...FEES },
    authorizationList,
  });
}

/** The same for eth_sendTransaction. */
async function asked(sender: Account, privateKey: string, nonce: number) {
  const { signature } = await authorization(privateKey, nonce);
  const { r, s, yParity } = signature;
  const authorizationList = [{ chainId: "0x7a69", address: CODE, nonce: `0x${nonce.toString(16)}`, r, s, yParity: `0x${yParity}` }];
  return { from: sender.address, to: sender.address, gas: "0x186a0", authorizationList };
}

const codeOf = ({ rpc }: Pick<World, "rpc">, address: string) => rpc<string>("eth_getCode", [address, "latest"]);

it("a raw transaction delegates an account, as in `hardhat node`", async () => {
  const world = await openWorld();
  const [sender, owner] = world.sandbox.accounts as [Account, Account];
  const raw = await delegation(sender, owner.privateKey, 0);
  const node = await hardhatNode();
  const request = (method: string, params: unknown[]) => node.request({ method, params });
  const hash = await world.rpc("eth_sendRawTransaction", [raw]);
  // Its base fee begins at a gwei.
  expect(await request("eth_sendRawTransaction", [raw])).toBe(hash);
  for (const method of ["eth_getCode", "eth_getTransactionCount"]) {
    expect(await world.rpc(method, [owner.address, "latest"]), method).toBe(await request(method, [owner.address, "latest"]));
  }
  expect(await codeOf(world, owner.address)).toBe(`0xef0100${CODE.slice(2)}`);
});

it("eth_sendTransaction delegates as well, with an access list beside, and a restart repeats it", async () => {
  const dataDir = newFolder();
  const before = await openWorld({ dataDir });
  const [sender, owner] = before.sandbox.accounts as [Account, Account];
  const accessList = [{ address: CODE, storageKeys: [id("slot")] }];
  const hash = await before.rpc("eth_sendTransaction", [{ ...(await asked(sender, owner.privateKey, 0)), accessList }]);
  expect(await before.rpc("eth_getTransactionByHash", [hash])).toMatchObject({ type: "0x4", accessList });
  expect(await codeOf(before, owner.address)).toBe(`0xef0100${CODE.slice(2)}`);
  const { hash: block } = await before.rpc<{ hash: string }>("eth_getBlockByNumber", ["latest", false]);
  await before.close();
  const after = await openWorld({ dataDir });
  expect(await after.rpc("eth_getBlockByNumber", ["latest", false])).toMatchObject({ hash: block });
  expect(await codeOf(after, owner.address)).toBe(`0xef0100${CODE.slice(2)}`);
});

describe("an authorization of the server wallet is refused before it reaches the chain", () => {
  /** Anybody can derive the key from the source; whoever lent it code could call the contracts in its name. */
  const SERVER = new Wallet(id("getsmart-sandbox server wallet"));

  it.each(["eth_sendRawTransaction", "eth_sendTransaction"] as const)("%s", async (method) => {
    const world = await openWorld();
    const [sender] = world.sandbox.accounts as [Account];
    const nonce = Number(await world.rpc("eth_getTransactionCount", [SERVER.address, "latest"]));
    const make = method === "eth_sendTransaction" ? asked : delegation;
    expect(await world.refused(method, [await make(sender, SERVER.privateKey, nonce)])).toMatchObject({ code: -32000 });
    expect(await codeOf(world, SERVER.address)).toBe("0x");
    expect(Number(await world.rpc("eth_getTransactionCount", [SERVER.address, "pending"]))).toBe(nonce);
    const user = await world.api.user();
    await world.api.mint(user.id, "1");
  });

  it("whatever parity its signature claims", async () => {
    const world = await openWorld();
    const [sender] = world.sandbox.accounts as [Account];
    const nonce = Number(await world.rpc("eth_getTransactionCount", [SERVER.address, "latest"]));
    const request = await asked(sender, SERVER.privateKey, nonce);
    for (const yParity of ["0x0", "0x1", "0x1b", "0x1c", "0x2", "0x3"]) {
      const authorizationList = request.authorizationList.map((each) => ({ ...each, yParity }));
      expect((await world.refused("eth_sendTransaction", [{ ...request, authorizationList }])).code, yParity).toBe(-32000);
    }
  });

  it.each([[[{}]], [[null]], ["0x"], [[{ chainId: "0x7a69", address: CODE, nonce: "0x0", r: "0x0", s: "0x0", yParity: "0x0" }]], [{}]])(
    "what is no list of authorizations is refused: %j",
    async (authorizationList) => {
      const world = await openWorld();
      const [sender] = world.sandbox.accounts as [Account];
      const request = { from: sender.address, to: sender.address, gas: "0x186a0", authorizationList };
      expect((await world.refused("eth_sendTransaction", [request])).code).toBe(-32602);
    },
  );
});
