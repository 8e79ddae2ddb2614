/** Nothing in the ABIs is left untested: each error and event is asserted somewhere, or cannot happen for a reason. */
import { readdirSync, readFileSync } from "node:fs";
import { FunctionFragment, Interface } from "ethers";
import { describe, expect, it } from "vitest";

/** Declared by a base contract, and out of reach in ours. */
const unreachable: Record<string, string> = {
  ERC20InvalidApprover: "the approver is the caller, never the zero address",
  ERC20InvalidCap: "the cap is a constant above zero",
  ERC20InvalidSender: "the sender is the caller or a derived address",
  ERC721IncorrectOwner: "a transfer stops at TokenLocked before owners are compared",
  ERC721InsufficientApproval: "a transfer stops at TokenLocked before approvals are read",
  ERC721InvalidApprover: "approvals are refused",
  ERC721InvalidOperator: "approvals for all are refused",
  ERC721InvalidSender: "BadgeAlreadyMinted is raised before",
  RoleAdminChanged: "every role keeps the default admin",
  Approval: "in GetSmartBadge approvals are refused",
  ApprovalForAll: "approvals for all are refused",
  BatchMetadataUpdate: "badges are revoked one by one",
  SafeCastOverflowedUintDowncast: "needs four thousand million different badges",
  StringsInsufficientHexLength: "no hexadecimal number is written",
  Unlocked: "a badge stays locked",
};

const folder = new URL("./", import.meta.url);
const suites = (readdirSync(folder, { recursive: true }) as string[])
  .filter((file) => file.endsWith(".ts") && file !== "abi.test.ts")
  .map((file) => readFileSync(new URL(file, folder), "utf8"))
  .join("\n");
const asserted = (name: string) => suites.includes(`"${name}"`) || suites.includes(`GetsToken.${name}"`);

describe.each(["GetsToken", "GetSmartBadge"])("%s", (contract) => {
  const { abi } = JSON.parse(readFileSync(new URL(`../../contracts/compiled/${contract}.json`, folder), "utf8"));
  const names = new Interface(abi).fragments
    .filter((fragment) => fragment.type === "error" || fragment.type === "event")
    .map((fragment) => (fragment as unknown as { name: string }).name);

  it.each(names)("%s", (name) => {
    expect(asserted(name) || name in unreachable).toBe(true);
  });

  // So their gas has a bound, and JSON-RPC runs them without looking for one (emulator/adapters/hardhat/evm-methods.ts).
  it("what reads takes single words, no lists and no texts", () => {
    const words = /^(address|bool|u?int\d+|bytes\d+)$/;
    const reads = new Interface(abi).fragments.filter((each) => FunctionFragment.isFragment(each) && each.constant);
    expect(reads.length).toBeGreaterThan(10);
    expect(reads.filter(({ inputs }) => inputs.some(({ type }) => !words.test(type))).map((each) => each.format())).toEqual([]);
  });
});
