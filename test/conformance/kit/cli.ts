import type { Command } from "commander";

/**
 * Mounts `conformance` on a command line. Exit codes: 0 conformant, 1 a failure or a stale baseline, 2 usage, 3 target unusable or nothing
 * selected, 4 a MUST could not be judged, 5 the kit's own fault, 130 interrupted after cleaning up. Each command's work is imported when it runs.
 */
export function conformanceCommand(program: Command): Command {
  const conformance = program
    .command("conformance")
    .description("judge any implementation of the API over HTTP")
    .addHelpText(
      "after",
      examples(
        "--base-url https://sandbox.example.com/v1 --api-key env:KEY --report html=report.html",
        "explain TOKEN-08",
        "run --help               # all options of a run",
      ) + EXIT_CODES,
    );

  running(conformance.command("run", { isDefault: true }).description("run the checks (this is what `conformance` does by itself)"))
    .option("--report <list>", "junit=FILE,json=FILE,html=FILE,md=FILE")
    .option("--baseline <file>", "known failures: a YAML list of {id, reason, expires?}")
    .option("--baseline-update", "write the present failures into the --baseline file")
    .option("--dry-run", "show what would be run, and how many requests in how much time")
    .option("--verbose", "name each check as it is judged")
    .option("--no-color", "no colours")
    .addHelpText("after", CAPABILITIES + EXIT_CODES)
    .action(async (options) => {
      const { run } = await import("./commands/run.ts");
      await ending(() => run(options));
    });

  conformance
    .command("list")
    .description("all requirements")
    .option("--only <globs>", "ids, such as USER-*,TOKEN-08")
    .option("--json", "as JSON")
    .addHelpText("after", examples("list --only HOOK-*"))
    .action(async (options) => {
      const { list } = await import("./commands/catalogue.ts");
      await ending(() => list(options));
    });

  conformance
    .command("explain <id>")
    .description("one requirement: what it asks, from whom it comes, how to repeat it")
    .addHelpText("after", examples("explain HOOK-06"))
    .action(async (id) => {
      const { explain } = await import("./commands/catalogue.ts");
      await ending(() => explain(id));
    });

  judging(
    conformance
      .command("replay <report> <id>")
      .description("repeat one check of a JSON report, with its seed and mode, and show everything it sends")
      .addHelpText("after", examples("replay report.json TOKEN-08 --api-key env:KEY") + EXIT_CODES),
    "of the API, ends in /v1 (default: the report's)",
  ).action(async (report, id, options) => {
    const { replay } = await import("./commands/replay.ts");
    await ending(() => replay(report, id, options));
  });

  targeting(conformance.command("cleanup").description("delete what a run has left behind, and say what stays and why"))
    .requiredOption("--run-id <id>", "as the run printed it")
    .addHelpText(
      "after",
      `${examples("cleanup --run-id cmwqmhkyr0a1b2c --base-url http://127.0.0.1:4010/v1 --api-key env:KEY")}
Finds users, badges, achievements, webhook endpoints and API keys. Tokens that were minted stay, as do awards that were claimed: they are
on the chain. Exit codes: 0 nothing is left but what the API cannot delete · 1 something else is · 2, 3, 5 as for a run`,
    )
    .action(async (options) => {
      const { cleanup } = await import("./commands/cleanup.ts");
      await ending(() => cleanup(options));
    });

  targeting(conformance.command("preflight").description("whether a target can be judged, and what it is (makes a user and deletes it)"))
    .addHelpText("after", CAPABILITIES)
    .action(async (options) => {
      const { showPreflight } = await import("./commands/preflight.ts");
      await ending(() => showPreflight(options));
    });

  conformance
    .command("self-test")
    .description("prove the kit: every check fails on a broken server and holds on every conformant one (needs a checkout)")
    .option("--only <globs>", "mutants or requirements, such as M26,RATE-*")
    .option("--jobs <number>", "processes at the same time")
    .option("--no-write", "leave KILL-MATRIX.md as it is")
    .action(async (options) => {
      const { selfTest } = await import("./commands/self-test.ts");
      await ending(() => selfTest(options));
    });
  return conformance;
}

const examples = (...lines: readonly string[]) =>
  `\nExamples:\n${lines.map((line) => `  getsmart-sandbox conformance ${line}\n`).join("")}`;

const CAPABILITIES = `
Capabilities (--capabilities FILE; what it does not say is found out, or taken as offered):
  webhooks, idempotency, badges_flow, keys: true or false     what the target offers
  exclusive: true or false                                    nobody else writes to it, so totals may be compared
  consistency_ms, confirmation_ms: number                     how long a write may be unseen, a transaction pending
  limiter: sliding, fixed, token_bucket or unknown            limiter_follows_clock: true or false
  unsupported: [deleteUser, …]                                operations that it does not have
  known: {user_id, badge_id, award_id}                        what is there already, for --mode readonly
  implementation: {name, version, url}                        for the reports
`;

const EXIT_CODES = `
Exit codes: 0 conformant · 1 a failure, or a stale baseline · 2 usage, configuration, document · 3 target not reachable or nothing
to judge · 4 a MUST could not be judged · 5 the kit's own fault · 130 interrupted, after cleaning up`;

function targeting(command: Command, baseUrl = "of the API, ends in /v1 (default: GETSMART_BASE_URL)"): Command {
  return command
    .option("--base-url <url>", baseUrl)
    .option("--api-key <key>", "env:NAME, file:PATH, or the key (default: GETSMART_API_KEY)")
    .option("--path-map <file>", "where operations are, for an implementation with other paths: `createUser: POST /accounts`")
    .option("--capabilities <file>", "what the target offers, as YAML (`run --help` has all)")
    .option("--controller <url>", "control plane that moves the target's clock (default: GETSMART_CONTROL_URL)")
    .option("--ca <file>", "authorities to trust besides (PEM)")
    .option("--insecure", "go on although the certificate is not valid; SEC-02 then fails")
    .option("--openapi <file>", "another OpenAPI document to judge by")
    .option("--allow <list>", "rate (bursts), quota (the hourly limit), production");
}

/** What checks need, whichever they are. */
function judging(command: Command, baseUrl?: string): Command {
  return targeting(command, baseUrl)
    .option("--api-key-b <key>", "a second key of the same account")
    .option("--rate-key <key>", "the key whose quota may be used up")
    .option("--webhook-receiver <where>", "none, loopback, or url:https://…", "none")
    .option("--webhook-listen <host:port>", "where that url leads to on this machine", "127.0.0.1:4020")
    .option("--max-rps <number>", "requests a second", "8");
}

function running(command: Command): Command {
  return judging(command)
    .option(
      "--mode <mode>",
      "readonly (reads), standard (also users and tokens of its own), full (also uses up quota: --allow)",
      "standard",
    )
    .option(
      "--profile <profile>",
      "what gates: published (the platform and RFCs), contract (also the document), full (also the kit's own)",
      "contract",
    )
    .option("--only <globs>", "ids to judge, such as USER-*,TOKEN-08")
    .option("--skip <globs>", "ids to leave out")
    .option("--budget <number>", "most requests (default: 1500)")
    .option("--seed <text>", "random data of an earlier run")
    .option("--strict", "SHOULDs gate too");
}

async function ending(work: () => number | Promise<number>): Promise<void> {
  process.exitCode = await exitCodeOf(work);
}

/** A command's exit code is what it returns; what it throws is told in one line, or is the kit's own fault (5). */
export async function exitCodeOf(work: () => number | Promise<number>, tell: (text: string) => void = console.error): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const { printable } = await import("./printable.ts");
    const { name, message, stack } = error as Error;
    const code = name === "UsageError" ? 2 : name === "TargetUnusable" ? 3 : 5;
    tell(
      printable(code === 5 ? `getsmart-sandbox: this is the kit's own fault, not the target's\n${stack}` : `getsmart-sandbox: ${message}`),
    );
    return code;
  }
}
