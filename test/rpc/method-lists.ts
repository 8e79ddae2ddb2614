/** Which methods others call, by their own lists. A list names its source; what a list leaves to wallets is left out where said. */
export const METHOD_LISTS: Readonly<Record<string, readonly string[]>> = {
  // ethereum/execution-apis at 033ca6e: src/{eth,debug,txpool}/*.yaml. Without testing_*.
  "execution-apis":
    `debug_getBadBlocks debug_getRawBlock debug_getRawBlockAccessList debug_getRawHeader debug_getRawReceipts debug_getRawTransaction
    debug_traceBlockByHash debug_traceBlockByNumber debug_traceTransaction eth_accounts eth_baseFee eth_blobBaseFee eth_blockNumber eth_call
    eth_capabilities eth_chainId eth_coinbase eth_config eth_createAccessList eth_estimateGas eth_feeHistory eth_fillTransaction eth_gasPrice
    eth_getBalance eth_getBlockAccessList eth_getBlockByHash eth_getBlockByNumber eth_getBlockReceipts eth_getBlockTransactionCountByHash
    eth_getBlockTransactionCountByNumber eth_getCode eth_getFilterChanges eth_getFilterLogs eth_getLogs eth_getProof eth_getStorageAt
    eth_getStorageValues eth_getTransactionByBlockHashAndIndex eth_getTransactionByBlockNumberAndIndex eth_getTransactionByHash
    eth_getTransactionCount eth_getTransactionReceipt eth_maxPriorityFeePerGas eth_newBlockFilter eth_newFilter
    eth_newPendingTransactionFilter eth_sendRawTransaction eth_sendTransaction eth_sign eth_signTransaction eth_simulateV1 eth_syncing
    eth_uninstallFilter net_version txpool_content txpool_contentFrom txpool_status`.split(/\s+/),
  // docs.blockscout.com, "Node Tracing / JSON RPC Requirements": the standard methods, and those for Geth.
  Blockscout: `eth_blockNumber eth_call eth_getBalance eth_getCode eth_getBlockByHash eth_getBlockByNumber eth_getTransactionByHash
    eth_getTransactionByBlockHashAndIndex eth_getTransactionByBlockNumberAndIndex eth_getTransactionReceipt
    eth_getUncleByBlockHashAndIndex eth_getLogs txpool_content debug_traceBlockByNumber debug_traceTransaction eth_subscribe`.split(/\s+/),
  // otterscan/otterscan at 9dfd87f: what src/ sends, besides what ethers sends for it.
  Otterscan: `erigon_getHeaderByNumber eth_getBalance eth_getCode eth_getTransactionByHash eth_getTransactionReceipt eth_sendRawTransaction
    ots_getApiLevel ots_getBlockDetails ots_getBlockDetailsByHash ots_getBlockTransactions ots_getContractCreator
    ots_getInternalOperations ots_getTransactionBySenderAndNonce ots_getTransactionError ots_hasCode ots_searchTransactionsAfter
    ots_searchTransactionsBefore ots_traceTransaction trace_replayTransaction`.split(/\s+/),
  // EIP-1474, "Methods", without shh_* and db_*.
  "EIP-1474": `web3_clientVersion web3_sha3 net_listening net_peerCount net_version eth_accounts eth_blockNumber eth_call eth_chainId
    eth_coinbase eth_estimateGas eth_gasPrice eth_getBalance eth_getBlockByHash eth_getBlockByNumber
    eth_getBlockTransactionCountByHash eth_getBlockTransactionCountByNumber eth_getCode eth_getFilterChanges eth_getFilterLogs
    eth_getLogs eth_getStorageAt eth_getTransactionByBlockHashAndIndex eth_getTransactionByBlockNumberAndIndex eth_getTransactionByHash
    eth_getTransactionCount eth_getTransactionReceipt eth_getUncleByBlockHashAndIndex eth_getUncleByBlockNumberAndIndex
    eth_getUncleCountByBlockHash eth_getUncleCountByBlockNumber eth_getWork eth_hashrate eth_mining eth_newBlockFilter eth_newFilter
    eth_newPendingTransactionFilter eth_protocolVersion eth_sendRawTransaction eth_sendTransaction eth_sign eth_signTransaction
    eth_signTypedData eth_submitHashrate eth_submitWork eth_syncing eth_uninstallFilter`.split(/\s+/),
};

/** What is not served, by list. */
export const NOT_SERVED: Readonly<Record<string, RegExp>> = {
  "execution-apis": /^(debug_get|eth_(baseFee|capabilities|config|fillTransaction|getBlockAccessList|getStorageValues)$)/,
  Blockscout: /^$/,
  Otterscan: /^(ots|erigon|trace)_/,
  "EIP-1474": /^eth_(getWork|hashrate|mining|protocolVersion|signTypedData|submitHashrate|submitWork)$/,
  // A wallet answers these itself.
  MetaMask: /^(wallet_|eth_(requestAccounts|decrypt|getEncryptionPublicKey)$)/,
};
