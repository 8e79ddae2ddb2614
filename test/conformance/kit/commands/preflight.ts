import { printable } from "../printable.ts";
import type { Flags } from "./flags.ts";
import { withTarget } from "./session.ts";

/** `conformance preflight`; it makes a user and deletes it. Throws TargetUnusable (exit 3). */
export function showPreflight(flags: Flags): Promise<number> {
  return withTarget(flags, ["idempotency"], async (t, { capabilities, limits, notes }) => {
    console.log(`${t.target.baseUrl} answers and accepts the key.`);
    console.log(
      `Limits: ${limits === null ? "unknown" : limits.enabled ? `${limits.per_second} a second, ${limits.per_hour} an hour` : "off"}`,
    );
    for (const note of notes) console.log(printable(`Note: ${note}`));
    for (const [name, value] of Object.entries(capabilities)) console.log(printable(`  ${name}: ${JSON.stringify(value)}`));
    return 0;
  });
}
