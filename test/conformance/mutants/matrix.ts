import { CHECKS, GROUPS } from "../requirements/index.ts";
import { MUTANTS } from "./broken/index.ts";
import { FACADES } from "./facades.ts";
import { CONDITIONS } from "./harness.ts";
import { MINIMAL } from "./minimal/mutants.ts";
import type { Proof } from "./prove.ts";
import { VARIANTS } from "./variants.ts";

/** KILL-MATRIX.md: which broken server each requirement notices. Without times and counts of a run, so that it changes only when the proof does. */
export function killMatrix(proofs: readonly Proof[]): string {
  const proof = (id: string) => proofs.find((each) => each.id === id);
  const isGood = (id: string) => proof(id)?.survived.length === 0 && proof(id)?.unexpected.length === 0;
  const mark = (id: string) => (isGood(id) ? "yes" : "**NO**");
  const killers = (check: string) =>
    MUTANTS.filter(({ id, kills }) => kills.includes(check) && proof(id)?.killedBy.includes(check)).map(({ id }) => id);
  const unproven = CHECKS.filter(({ id }) => killers(id).length === 0);
  return [
    "# Kill matrix",
    "",
    "Written by `getsmart-sandbox conformance self-test`; do not edit. Each requirement is green on the emulator, red on at least one server that",
    "is broken in the way it is about, and green on every server that does the same in another allowed way.",
    "",
    `${CHECKS.length} requirements, ${unproven.length} unproven · ${MUTANTS.length} mutants, ${MUTANTS.filter(({ id }) => isGood(id)).length} killed by those that should · ${VARIANTS.length} variants, ${VARIANTS.filter(({ id }) => isGood(id)).length} green · ${FACADES.length} façades, ${FACADES.filter(({ id }) => isGood(id)).length} seen through · ${CONDITIONS.length} conditions of the harness, ${CONDITIONS.filter(({ id }) => isGood(id)).length} as they should be`,
    "",
    "## Requirements",
    "",
    "| id | level | from | requirement | noticed on |",
    "|---|---|---|---|---|",
    ...GROUPS.flatMap(({ checks }) => checks).map(
      ({ id, level, provenance, requirement }) =>
        `| ${id} | ${level} | ${provenance} | ${cell(requirement)} | ${killers(id).join(" ") || "**UNPROVEN**"} |`,
    ),
    "",
    "## Mutants",
    "",
    "| id | what is wrong | must be noticed by | breaks too, by its nature | killed |",
    "|---|---|---|---|---|",
    ...MUTANTS.map(
      ({ id, breaks, kills, also = [] }) => `| ${id} | ${cell(breaks)} | ${kills.join(" ")} | ${also.join(" ")} | ${mark(id)} |`,
    ),
    "",
    "## Conformant variants: nothing may be red",
    "",
    "| id | what it does in another way | green |",
    "|---|---|---|",
    ...VARIANTS.map(
      ({ id, does, mayFail = [] }) =>
        `| ${id} | ${cell(does)}${mayFail.length > 0 ? ` (${mayFail.join(", ")} are of another profile)` : ""} | ${mark(id)} |`,
    ),
    "",
    "## Façades: never conformant",
    "",
    "| id | what it pretends | must be noticed by | seen through |",
    "|---|---|---|---|",
    ...FACADES.map(
      ({ id, pretends, kills }) => `| ${id} | ${cell(pretends)} | ${kills === 3 ? "preflight (exit 3)" : kills.join(" ")} | ${mark(id)} |`,
    ),
    "",
    "## A second implementation, without chain and without a line of the emulator",
    "",
    "| id | what is wrong | must be noticed by | breaks too, by its nature | so |",
    "|---|---|---|---|---|",
    ...MINIMAL.map(
      ({ id, breaks, kills, also = [] }) => `| ${id} | ${cell(breaks)} | ${kills.join(" ")} | ${also.join(" ")} | ${mark(id)} |`,
    ),
    "",
    "## The harness, broken: never green",
    "",
    "| id | what is wrong | exit code | so |",
    "|---|---|---|---|",
    ...CONDITIONS.map(({ id, breaks, exitCode }) => `| ${id} | ${cell(breaks)} | ${exitCode} | ${mark(id)} |`),
    "",
  ].join("\n");
}

/** The same for a console: each requirement and who made it red, grouped. */
export function shortMatrix(proofs: readonly Proof[]): string {
  const killers = (check: string) =>
    MUTANTS.filter(({ id, kills }) => kills.includes(check) && proofs.some((proof) => proof.id === id && proof.killedBy.includes(check)));
  return GROUPS.map(
    ({ name, checks }) =>
      `${name.padEnd(6)}${checks
        .map(
          ({ id }) =>
            `${id.slice(name.length + 1)}: ${
              killers(id)
                .map((mutant) => mutant.id)
                .join(" ") || "UNPROVEN"
            }`,
        )
        .join(" · ")}`,
  ).join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
