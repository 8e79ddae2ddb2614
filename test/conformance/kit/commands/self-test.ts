import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UsageError } from "../outcomes.ts";
import { list } from "./flags.ts";

interface SelfTest {
  proveKit(options: { only: readonly string[]; jobs: number | null; write: boolean }): Promise<number>;
}

/** The mutants are no part of the package: they wrap the emulator, which the kit knows nothing of. */
export async function selfTest({
  only,
  jobs,
  write = true,
}: {
  readonly only?: string;
  readonly jobs?: string;
  readonly write?: boolean;
}): Promise<number> {
  const place = new URL("../../mutants/self-test.ts", import.meta.url);
  if (!existsSync(fileURLToPath(place))) throw new UsageError("self-test needs a checkout of the repository; its mutants are not shipped");
  if (jobs !== undefined && !/^[1-9]\d*$/.test(jobs)) throw new UsageError(`--jobs: ${jobs} is not a number from 1`);
  const { proveKit } = (await import(place.href)) as SelfTest;
  return await proveKit({ only: list(only), jobs: jobs === undefined ? null : Number(jobs), write });
}
