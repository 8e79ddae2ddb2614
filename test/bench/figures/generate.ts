import { createSandbox } from "../../../emulator/sandbox.ts";
import { type Figure, memory } from "../figure.ts";

const USERS = 10_000;

export const generate: Figure = {
  title: `seed --generate users=${USERS}: each a record, a mint and their events, journaled, hundreds of transactions in a block`,
  rounds: 3,
  variants: ["10 000 users"],
  async measure(_variant, scratch) {
    const sandbox = await createSandbox({ dataDir: `${scratch}/generate-${process.pid}` });
    const blocks = sandbox.info().chain.block_number;
    const began = performance.now();
    await sandbox.seed({ generate: { users: USERS } });
    const seconds = (performance.now() - began) / 1000;
    return { users_per_s: USERS / seconds, seconds, blocks: sandbox.info().chain.block_number - blocks, ...memory() };
  },
};
