/** The stories of test/rpc/wallets.test.ts, with the programs that most people use. */
import { describe } from "vitest";
import { shouldServeWallet } from "../rpc/wallet-stories.ts";
import { castWallet } from "./cast.ts";
import { viemWallets } from "./viem.ts";

describe.each(Object.entries({ ...viemWallets, cast: castWallet }))("%s", (_, open) => shouldServeWallet(open));
