import { HardhatChain } from "../../emulator/adapters/hardhat/chain.ts";
import { newRules } from "../../emulator/adapters/hardhat/rules.ts";
import { PACKAGE_ROOT } from "../../emulator/package-root.ts";
import { shouldBehaveLikeChain } from "./chain.ts";
import { shouldReadBadgesLikeChain } from "./chain-badges.ts";
import { shouldKeepHistoryLikeChain } from "./chain-history.ts";
import { shouldServeWalletsLikeChain } from "./chain-wallets.ts";

const hardhat = (genesis: number) =>
  HardhatChain.create({ chainId: 31337, genesis: new Date(genesis * 1000), rules: newRules(), root: PACKAGE_ROOT });

shouldBehaveLikeChain("hardhat", hardhat);
shouldKeepHistoryLikeChain("hardhat", hardhat);
shouldServeWalletsLikeChain("hardhat", hardhat);
shouldReadBadgesLikeChain("hardhat", hardhat);
