import { METHOD_NOT_FOUND, NOT_SUPPORTED, RpcError } from "./json-rpc.ts";

const UNJOURNALED = "It would change the chain outside the journal, so that a restart could not repeat it.";
const MINING = "When blocks are mined is chosen at the start, by --mining auto, interval:2s or manual; evm_mine mines one.";
const OTHER_NAME = "It has another name here: see evm_mine, hardhat_mine, evm_snapshot, evm_revert, evm_increaseTime and evm_setTime.";
const BY_WALLET = "A wallet answers it, not a node:";

/** Methods of other nodes that are known here and not served: why, and what to use instead. The first match counts. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [
    /^personal_(?!sign$)/,
    "This node keeps no keys. Sign in your own wallet and use eth_sendRawTransaction, or eth_sendTransaction with one of eth_accounts.",
  ],
  [/^miner_(start|stop)$|^(evm|anvil)_(set|get)?(auto_?mine|intervalMin(e|ing))$|^hardhat_intervalMine$/i, MINING],
  [/^anvil_(mine|mineDetailed|snapshot|revert|increaseTime|setTime|setNextBlockTimestamp)$/, OTHER_NAME],
  [/^(hardhat|anvil)_(stopI|autoI|i)mpersonate(Account)?$/, `${UNJOURNALED} Use one of eth_accounts, or sign with your own key.`],
  [
    /^(hardhat|anvil)_reset$/,
    `${UNJOURNALED} Use evm_snapshot and evm_revert, or POST /_sandbox/reset for the state right after the fixture.`,
  ],
  [
    /^(hardhat|anvil|tenderly|evm)_(set|add|deal)(ERC20|Account)?(Balance|Allowance)?$|^(hardhat|anvil)_setBalance$/i,
    `${UNJOURNALED} Send ETH from one of eth_accounts; mint GETS through the API.`,
  ],
  [
    /^(hardhat|anvil|evm)_(set(Account)?Nonce|dropTransaction|dropAllTransactions|removePoolTransactions)$/,
    `${UNJOURNALED} Send the transactions that lead to that nonce; a waiting one is replaced by a higher fee.`,
  ],
  [
    /^anvil_(dumpState|loadState)$/,
    "States are kept as snapshots here: POST /_sandbox/snapshots, or evm_snapshot; `getsmart-sandbox export` writes one to a file.",
  ],
  [/^(hardhat|anvil)_setLoggingEnabled$|^debug_(verbosity|vmodule)$/, "How much is logged is chosen at the start: --log-level."],
  [
    /^((hardhat|anvil)_set(?=[A-Z])|evm_set(BlockGasLimit|Account(Balance|Code|Nonce|StorageAt))$|debug_setHead$|miner_set|evm_addAccount$|evm_removeAccount$)/,
    `${UNJOURNALED} Send a transaction instead; evm_snapshot and evm_revert undo it.`,
  ],
];

/** Hints for methods that do not exist here. The first match counts. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^(trace|ots|erigon|arbtrace|parity)_/,
    'Internal calls: debug_traceTransaction, debug_traceBlockByNumber and debug_traceCall with {"tracer": "callTracer"}; waiting transactions: txpool_content.',
  ],
  [/^eth_requestAccounts$/, `${BY_WALLET} use eth_accounts.`],
  [/^(wallet_|eth_(decrypt|getEncryptionPublicKey)$)/, `${BY_WALLET} connect one to this address.`],
  [/^eth_signTypedData(_v[13])?$/, "Use eth_signTypedData_v4."],
  [/^eth_(mining|hashrate|getWork|submitWork|submitHashrate)$/, "Blocks are not made by proof of work here; evm_mine mines one."],
  [/^eth_(getCompilers|compile\w+)$/, "Nodes no longer compile; use solc."],
  [/^eth_protocolVersion$/, "There are no peers here, and so no protocol; web3_clientVersion names the node."],
  [/^(engine|admin|clique|les|bor|shh|db|bzz|net)_/, "This node has no peers and no consensus client."],
];

/** The answer for a method that is not in the table: why it is not served when it is one of another node, and that there is none otherwise. */
export function refusal(method: string): RpcError {
  const [, why] = KNOWN.find(([name]) => name.test(method)) ?? [];
  if (why !== undefined) return new RpcError(NOT_SUPPORTED, `${method} is not served. ${why}`);
  const [, hint] = HINTS.find(([name]) => name.test(method)) ?? [];
  // What was sent may be long, and not for a terminal.
  const name = /^[!-~]{1,100}$/.test(method) ? `method ${method}` : "such method";
  return new RpcError(METHOD_NOT_FOUND, `There is no ${name} here.${hint ? ` ${hint}` : ""}`);
}
