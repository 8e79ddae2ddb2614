import { getCreate2Address, HDNodeWallet, keccak256, Mnemonic, Transaction, toUtf8Bytes, Wallet } from "ethers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GETS, mint, transfer } from "../support/chain-calls.ts";
import { type CreateChain, GENESIS, useChain } from "./chain.ts";

/** Test vectors of EIP-55: all capitals, all lower case, and mixed. */
const EIP_55 = [
  "0x52908400098527886E0F7030069857D2E4169EE7",
  "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
  "0xde709f2102306220921060314715629080e2fb77",
  "0x27b1fdb04752bbc536007a920d24acb045561c26",
  "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
  "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
];

/** Addresses, managed wallets, known accounts, and transactions that wallets send themselves. */
export function shouldServeWalletsLikeChain(name: string, create: CreateChain): void {
  describe(`${name}: addresses`, () => {
    const world = useChain(create);

    it.each(EIP_55)("EIP-55: %s", (address) => {
      expect(world.chain.checksum(address.toLowerCase())).toBe(address);
      expect(world.chain.checksum(address)).toBe(address);
    });

    it("EIP-55: one letter in the wrong case is refused", () => {
      expect(world.chain.checksum("0x5aAeb6053f3E94C9b9A09f33669435E7Ef1BeAed")).toBeNull();
    });

    it.each([
      ["too short", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe"],
      ["no hexadecimal", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg"],
      ["empty", ""],
    ])("%s is no address", (_, text) => {
      expect(world.chain.checksum(text)).toBeNull();
    });

    it.each([
      ["without 0x", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"],
      ["ICAP", "XE65GB6LDNXYOFTX0NSV3FUWKOWIXAMJK36"],
    ])("%s is no address", (_, text) => {
      expect(world.chain.checksum(text)).toBeNull();
    });

    it("a managed wallet is CREATE2 of the token, the hashed user id and empty code, and the contract agrees", async () => {
      const { chain } = world;
      await fc.assert(
        fc.asyncProperty(fc.string({ minLength: 1, maxLength: 30 }), async (id) => {
          const salt = chain.idHash(id);
          expect(salt).toBe(keccak256(toUtf8Bytes(id)));
          expect(chain.walletOf(salt)).toBe(getCreate2Address(chain.identity.token, salt, keccak256("0x")));
        }),
      );
      // Only the owner of a salt's wallet can be moved by that salt.
      await chain.send(mint(chain.walletOf(chain.idHash("ada")), 1n));
      await chain.send(transfer(chain.idHash("ada"), chain.walletOf(chain.idHash("ben")), 1n));
      const { block } = await chain.mine(GENESIS);
      expect(block.receipts.map(({ failure }) => failure)).toEqual([null, null]);
    });
  });

  describe(`${name}: accounts`, () => {
    const world = useChain(create);

    it("ten accounts of the well-known mnemonic, funded", async () => {
      const { accounts } = world.chain.identity;
      const mnemonic = Mnemonic.fromPhrase("test test test test test test test test test test test junk");
      const derived = Array.from({ length: 10 }, (_, i) => HDNodeWallet.fromMnemonic(mnemonic, `m/44'/60'/0'/0/${i}`));
      expect(accounts).toEqual(derived.map(({ address, privateKey }) => ({ address, privateKey })));
      for (const { address } of accounts) {
        expect(BigInt((await world.chain.request("eth_getBalance", [address, "latest"])) as string)).toBe(10_000n * GETS);
      }
    });

    it("the server wallet is another one", () => {
      const { server, accounts } = world.chain.identity;
      expect(accounts.map(({ address }) => address)).not.toContain(server);
    });
  });

  describe(`${name}: transactions of wallets`, () => {
    const world = useChain(create);
    const account = (i: number) => world.chain.identity.accounts[i] as { address: string; privateKey: string };
    /** transfer(address,uint256) */
    const transferData = (to: string, amount: bigint) =>
      `0xa9059cbb${to.slice(2).toLowerCase().padStart(64, "0")}${amount.toString(16).padStart(64, "0")}`;
    async function fund(amount: bigint): Promise<void> {
      await world.chain.send(mint(account(0).address, amount));
      await world.chain.mine(GENESIS);
    }

    it("signed by the wallet: mined and journaled raw", async () => {
      const { chain } = world;
      await fund(5n);
      const raw = await new Wallet(account(0).privateKey).signTransaction(
        Transaction.from({
          type: 2,
          chainId: chain.identity.chainId,
          nonce: 0,
          to: chain.identity.token,
          data: transferData(account(1).address, 2n),
          gasLimit: 100_000,
          maxFeePerGas: 7,
          maxPriorityFeePerGas: 0,
        }),
      );
      const step = await chain.sendExternal({ raw });
      const { block } = await chain.mine(GENESIS);
      expect(step).toEqual({ raw, hash: Transaction.from(raw).hash });
      expect(block.receipts[0]).toMatchObject({ failure: null, from: account(0).address.toLowerCase() });
      expect(await chain.balanceOf(account(1).address, "latest")).toBe(2n);
    });

    it.each([
      ["a tip above what it pays at most", { maxFeePerGas: "0x7", maxPriorityFeePerGas: "0x8" }],
      ["a price beside what it pays at most", { gasPrice: "0x7", maxFeePerGas: "0x7" }],
    ])("refuses %s: nothing is chosen for the sender", async (_, fees) => {
      const request = { from: account(0).address, to: account(1).address, value: "0x1", gas: "0x5208", ...fees };
      await expect(world.chain.sendExternal({ from: account(0).address, request })).rejects.toThrow();
      expect((await world.chain.mine(GENESIS)).block.receipts).toEqual([]);
    });

    it.each([
      ["no fee", {}],
      ["what it pays at most", { maxFeePerGas: "0x12a05f200" }],
      ["less than a node's usual tip", { maxFeePerGas: "0x7" }],
      ["a tip", { maxPriorityFeePerGas: "0x77359400" }],
      ["both", { maxFeePerGas: "0x12a05f200", maxPriorityFeePerGas: "0x77359400" }],
      ["a price", { gasPrice: "0x77359400" }],
    ])("signed by the chain, with %s: what is left open is settled, so that a replay repeats it exactly", async (_, fees) => {
      const { chain, deployment } = world;
      await fund(5n);
      const request = { from: account(0).address, to: chain.identity.token, data: transferData(account(1).address, 2n), ...fees };
      const step = await chain.sendExternal({ from: account(0).address, request });
      expect(step).toMatchObject({ tx: { from: account(0).address, nonce: 0, gas: expect.any(Number), data: request.data } });
      const { step: mined } = await chain.mine(GENESIS);
      const other = await create(GENESIS);
      await other.replay(deployment);
      await other.send(mint(account(0).address, 5n));
      await other.mine(GENESIS);
      expect(await other.replay([step, mined])).toBe((await chain.head()).hash);
      await other.close();
    });

    it("a nonce gap waits where it may, and is told; where it may not it is refused", async () => {
      const { chain } = world;
      const [from, to] = [account(0).address, account(1).address];
      const gap = { from, request: { to, nonce: "0x2", gas: "0x5208" } };
      await expect(chain.sendExternal(gap, false)).rejects.toMatchObject({ name: "NonceTooHigh", code: -32000 });
      expect(await chain.stuck()).toEqual([]);
      const { hash } = await chain.sendExternal(gap);
      await chain.sendExternal({ from, request: { to, gas: "0x5208" } });
      expect(await chain.stuck()).toEqual([{ hash, from, nonce: 2, missing: 1 }]);
      await chain.mine(GENESIS);
      expect(await chain.stuck()).toHaveLength(1);
    });

    it("a revert is a result: mined with its failure", async () => {
      const { chain } = world;
      const request = { to: chain.identity.token, data: transferData(account(1).address, 2n), gas: "0x186a0" };
      await chain.sendExternal({ from: account(0).address, request });
      const { block } = await chain.mine(GENESIS);
      expect(block.receipts[0]?.failure).toMatchObject({ error: "ERC20InsufficientBalance", args: [account(0).address, 0n, 2n] });
    });

    it("running out of gas is a failure of that name", async () => {
      const { chain } = world;
      await fund(5n);
      const request = { to: chain.identity.token, data: transferData(account(1).address, 2n), gas: "0x61a8" };
      await chain.sendExternal({ from: account(0).address, request });
      const { block } = await chain.mine(GENESIS);
      expect(block.receipts[0]?.failure).toMatchObject({ error: "OutOfGas" });
    });

    it("a failure caused by an earlier transaction of the same block is decoded too", async () => {
      const { chain } = world;
      await fund(5n);
      for (const i of [1, 2]) {
        const request = { to: chain.identity.token, data: transferData(account(i).address, 5n), gas: "0x186a0", nonce: `0x${i - 1}` };
        await chain.sendExternal({ from: account(0).address, request });
      }
      const { block } = await chain.mine(GENESIS);
      expect(block.receipts.map(({ failure }) => failure?.error ?? null)).toEqual([null, "ERC20InsufficientBalance"]);
    });
  });
}
