import { METHOD_NOT_FOUND, NOT_SUPPORTED, RpcError } from "./json-rpc.ts";

const REASON = "would change the chain beside the journal, so that a restart could not repeat it";

/** What to use instead, by what the method's name says. The first match counts. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/^personal_/, "Sign in your own wallet and use eth_sendRawTransaction, or eth_sendTransaction with one of eth_accounts."],
  [/^miner_|automine|interval_?min/i, "How blocks come is chosen at the start: --mining auto, interval:2s or manual; evm_mine mines one."],
  [/^anvil_(mine|snapshot|revert|increaseTime|setTime|setNextBlockTimestamp)/, "Use evm_mine, hardhat_mine, evm_snapshot and their like."],
  [/impersonate/i, "Use one of eth_accounts, or sign with your own key."],
  [/reset/i, "Use evm_snapshot and evm_revert, or POST /_sandbox/reset for the state right after the fixture."],
  [/balance/i, "Send ETH from one of eth_accounts; mint GETS through the API."],
  [/nonce|droptransaction|removepool/i, "Send the transactions that lead to that nonce; a waiting one is replaced by a higher fee."],
  [/dumpstate|loadstate/i, "Use snapshots: POST /_sandbox/snapshots."],
  [/log/i, "Log output is chosen at the start: --log-level."],
];

const OTHERWISE = "Send a transaction instead; evm_snapshot and evm_revert undo it.";

/** The answer for a method that is not in the table: refused with the reason when it is a known kind, unknown otherwise. */
export function refusal(method: string): RpcError {
  if (/^(evm|hardhat|anvil|debug_set|miner|personal)/.test(method)) {
    const [, instead] = INSTEAD.find(([name]) => name.test(method)) ?? [null, OTHERWISE];
    return new RpcError(NOT_SUPPORTED, `${method} is refused: it ${REASON}. ${instead}`);
  }
  return new RpcError(METHOD_NOT_FOUND, `There is no method ${method} here.`);
}
