import type { Line } from "../../lines.ts";
import { Pace } from "../../pace.ts";
import type { Chain } from "../../ports/chain.ts";
import type { Store } from "../../ports/store.ts";
import type { UnitOfWork } from "../../ports/unit-of-work.ts";
import { awardCounts, awardsOnChain, escrow } from "./awards.ts";
import { balances, supply } from "./balances.ts";
import { deliveries, events } from "./events.ts";
import type { Finding, Patient } from "./finding.ts";
import { heads } from "./heads.ts";
import { movements, times } from "./movements.ts";
import { refusals } from "./refusals.ts";
import { secrets } from "./secrets.ts";

interface Examination {
  readonly world: Pick<UnitOfWork, "quiet" | "committedBlock">;
  readonly store: Store;
  readonly chain: Chain;
  /** The lines of the journal. */
  readonly lines: () => AsyncIterable<Pick<Line, "text">>;
}

const CHECKS: readonly ((patient: Patient) => Finding | Promise<Finding>)[] = [
  ...[supply, balances, movements, times, heads],
  ...[awardsOnChain, escrow, awardCounts],
  ...[events, deliveries, refusals, secrets],
];

/** Checks the invariants on records, journal and the chain itself, between two units. */
export function examine({ world, store, chain, lines }: Examination): Promise<Finding[]> {
  return world.quiet(async () => {
    const { committedBlock } = world;
    const patient = { store, chain, records: store.fold(), logs: await chain.transfers("latest"), committedBlock, lines };
    const findings: Finding[] = [];
    const pace = new Pace();
    for (const check of CHECKS) {
      findings.push(await check(patient));
      await pace.rest();
    }
    return findings;
  });
}
