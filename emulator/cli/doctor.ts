import type { ControlClient } from "./client.ts";
import { oneLine } from "./printable.ts";

interface Report {
  readonly healthy: boolean;
  readonly findings: readonly { readonly invariant: string; readonly problems: readonly string[]; readonly warnings?: readonly string[] }[];
}

/** Asks for every invariant; a line each, and what breaks it. `healthy` is for the exit code. */
export async function askDoctor(client: ControlClient): Promise<{ healthy: boolean; text: string }> {
  const { healthy, findings } = await client.call<Report>("GET", "/doctor");
  const lines = findings.flatMap(({ invariant, problems, warnings = [] }) => [
    `${problems.length === 0 ? "holds " : "BROKEN"}  ${invariant}`,
    ...problems.map((problem) => `        ${oneLine(problem)}`),
    ...warnings.map((warning) => `warning ${oneLine(warning)}`),
  ]);
  return { healthy, text: lines.join("\n") };
}
