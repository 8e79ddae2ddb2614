/** What a contract's error (ERC-6093 and our own) becomes in the API. */
import { describe, expect, it } from "vitest";
import { ChainRevert } from "../../emulator/ports/chain.ts";
import { failureOf, onChain, refusalOf } from "../../emulator/services/chain-errors.ts";

describe("a contract's refusal", () => {
  it.each<[error: string, args: string[], code: string, facts: Record<string, string>]>([
    [
      "ERC20InsufficientBalance",
      ["0x1", "1", "2"],
      "INSUFFICIENT_BALANCE",
      { available: "0.000000000000000001", required: "0.000000000000000002" },
    ],
    ["ERC20ExceededCap", ["2", "1"], "MAX_SUPPLY_EXCEEDED", { revert_error: "ERC20ExceededCap" }],
    ["EnforcedPause", [], "TOKEN_PAUSED", { revert_error: "EnforcedPause" }],
    ["ERC20InvalidReceiver", ["0x0"], "TRANSACTION_REVERTED", { revert_error: "ERC20InvalidReceiver" }],
    ["OutOfGas", [], "TRANSACTION_REVERTED", { revert_error: "OutOfGas" }],
  ])("%s %j is %s", (error, args, code, facts) => {
    const refusal = refusalOf(
      new ChainRevert(
        error,
        args.map((each) => (each.startsWith("0x") ? each : BigInt(each))),
      ),
    );
    expect(refusal.code).toBe(code);
    expect(refusal.details).toEqual([expect.objectContaining({ code, ...facts })]);
  });

  it("is thrown by onChain; anything else passes through", async () => {
    await expect(onChain(Promise.reject(new ChainRevert("EnforcedPause")))).rejects.toMatchObject({ code: "TOKEN_PAUSED" });
    const other = new Error("the disk is full");
    await expect(onChain(Promise.reject(other))).rejects.toBe(other);
    await expect(onChain(Promise.resolve(7))).resolves.toBe(7);
  });
});

describe("a pending transaction's failure", () => {
  it("has the code that an immediate refusal would have had", () => {
    const failure = failureOf(new ChainRevert("ERC20InsufficientBalance", ["0x1", 0n, 5n]));
    expect(failure).toMatchObject({ code: "INSUFFICIENT_BALANCE", revert_error: "ERC20InsufficientBalance" });
  });

  it("without a reason is TRANSACTION_REVERTED", () => {
    expect(failureOf(null)).toMatchObject({ code: "TRANSACTION_REVERTED", revert_error: null });
  });
});
