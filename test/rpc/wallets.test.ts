import { describe } from "vitest";
import { shouldServeWallet } from "./wallet-stories.ts";
import { ethersWallets } from "./wallets.ts";

describe.each(Object.entries(ethersWallets))("%s", (_, open) => shouldServeWallet(open));
