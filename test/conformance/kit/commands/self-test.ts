import { existsSync } from "node:fs";
import { UsageError } from "../outcomes.ts";
import { list } from "./flags.ts";

interface SelfTest {
  proveKit(options: { only: readonly string[]; jobs: number | null; write: boolean }): Promise<number>;
}

/** From here, and from a chunk of what was built of a checkout. */
const PLACES = ["../../mutants/self-test.ts", "../../test/conformance/mutants/self-test.ts"];

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
  const place = PLACES.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url));
  if (place === undefined) throw new UsageError("self-test needs a checkout of the repository; its mutants are not shipped");
  if (jobs !== undefined && !/^[1-9]\d*$/.test(jobs)) throw new UsageError(`--jobs: ${jobs} is not a number from 1`);
  const { proveKit } = (await import(place.href)) as SelfTest;
  return await proveKit({ only: list(only), jobs: jobs === undefined ? null : Number(jobs), write });
}
