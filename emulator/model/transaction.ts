import type { components } from "../../spec/types.ts";

export type Transaction = components["schemas"]["Transaction"];
export type TransactionType = Transaction["type"];
export type Party = NonNullable<Transaction["from"]>;
export type MintRequest = components["schemas"]["MintRequest"];
export type TransferRequest = components["schemas"]["TransferRequest"];
export type BurnRequest = components["schemas"]["BurnRequest"];
