import { memoryWarning } from "../memory.ts";
import type { Finding, Patient } from "./finding.ts";

/** Blocks up to which memory and the next start are known to bear it (README: about 30 KB each). */
const SUPPORTED_BLOCKS = 100_000;

export async function heads({ chain, committedBlock }: Patient): Promise<Finding> {
  const { number } = await chain.head();
  const memory = memoryWarning();
  return {
    invariant: "chain and journal end in the same block",
    problems: number === committedBlock ? [] : [`the chain is at block ${number}, the journal at ${committedBlock}`],
    warnings: [
      ...(number > SUPPORTED_BLOCKS
        ? [`the chain has ${number} blocks, more than the ${SUPPORTED_BLOCKS} that are supported; begin again with --fresh when you can`]
        : []),
      ...(memory === null ? [] : [memory]),
    ],
  };
}
