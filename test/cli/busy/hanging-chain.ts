/** Imported before the command line: a chain that does not answer when a block is to be mined by itself. */
import { HardhatChain } from "../../../emulator/adapters/hardhat/chain.ts";

HardhatChain.prototype.mine = () => new Promise(() => setInterval(() => {}, 1000));
