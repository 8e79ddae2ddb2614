import type { Address, ExternalTransaction } from "../ports/chain.ts";
import { readCall } from "./call-object.ts";
import type { Methods, RpcDeps } from "./deps.ts";
import { INVALID_INPUT, invalidParams, type Params, RpcError } from "./json-rpc.ts";
import { readNumber } from "./quantity.ts";
import type { Turns } from "./turns.ts";

const BLOB_TYPE = 3;

/**
 * A wallet's own transactions, and signatures of the funded accounts. Sending is a unit of work: pinned, journaled and
 * settled like everything else. The server wallet signs nothing here; it would act beside the API's rules.
 */
export function transactionMethods({ chain, turns, mining }: Pick<RpcDeps, "chain" | "mining"> & { turns: Turns }): Methods {
  const { server, accounts } = chain.identity;
  const unlockedByName = new Map(accounts.map(({ address }) => [address.toLowerCase(), address]));

  /** The funded account that a caller named. Anything else is refused, however it is spelled. */
  function unlocked(account: unknown): Address {
    if (typeof account !== "string") throw invalidParams("Name the account: one of eth_accounts.");
    const address = unlockedByName.get(account.toLowerCase());
    if (address === undefined) throw locked(account);
    return address;
  }

  function send(tx: ExternalTransaction): Promise<string> {
    const signers = chain.signersOf(tx);
    if (signers === null) throw invalidParams("This is not a signed transaction, or it carries a signature that is not valid.");
    // Its authorization would let others call its contract roles (EIP-7702).
    if (signers.includes(server)) throw locked(server);
    return turns.run({ epoch: turns.epoch }, (unit) => mining.sendExternal(unit, tx));
  }
  const sign = (method: string, params: Params, account: unknown) => {
    unlocked(account);
    return turns.quiet(() => chain.request(method, params));
  };

  return {
    eth_sendRawTransaction([raw]) {
      if (typeof raw !== "string") throw invalidParams("This is not a signed transaction.");
      return send({ raw });
    },
    eth_sendTransaction([request]) {
      const call = readCall(request);
      const from = unlocked(call.from);
      if (call.chainId !== undefined && readNumber(call.chainId, "chainId") !== chain.identity.chainId) {
        throw invalidParams("The transaction is for another chain.");
      }
      if (call.blobVersionedHashes || (call.type && readNumber(call.type, "type") === BLOB_TYPE)) {
        throw invalidParams("Transactions with blobs (EIP-4844) are not sent here.");
      }
      return send({ from, request: { ...call, from } });
    },
    eth_sign: (params) => sign("eth_sign", params, params[0]),
    personal_sign: (params) => sign("personal_sign", params, params[1]),
    eth_signTypedData_v4: (params) => sign("eth_signTypedData_v4", params, params[0]),
    eth_signTransaction: (params) => sign("eth_signTransaction", params, readCall(params[0]).from),
  };
}

function locked(account: string): RpcError {
  return new RpcError(INVALID_INPUT, `The account ${account} is not unlocked here; eth_accounts lists those that are.`);
}
