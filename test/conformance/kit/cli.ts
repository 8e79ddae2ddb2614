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
      `\nExamples:\n  getsmart-sandbox conformance --base-url https://sandbox.example.com/v1 --api-key env:KEY --report html=report.html\n  getsmart-sandbox conformance explain TOKEN-08\n${EXIT_CODES}`,
    );

  running(conformance.command("run", { isDefault: true }).description("run the checks (this is what `conformance` does by itself)"))
    .option("--report <list>", "junit=FILE,json=FILE,html=FILE,md=FILE")
    .option("--baseline <file>", "known failures: a YAML list of {id, reason, expires?}")
    .option("--baseline-update", "write the present failures into the --baseline file")
    .option("--dry-run", "show what would be run, and how many requests in how much time")
    .option("--verbose", "name each check as it is judged")
    .option("--no-color", "no colours")
    .action(async (options) => {
      const { run } = await import("./commands/run.ts");
      await ending(() => run(options));
    });

  conformance
    .command("list")
    .description("all requirements")
    .option("--only <globs>", "ids, such as USER-*,TOKEN-08")
    .option("--json", "as JSON")
    .action(async (options) => {
      const { list } = await import("./commands/catalogue.ts");
      await ending(() => list(options));
    });

  conformance
    .command("explain <id>")
    .description("one requirement: what it asks, from whom it comes, how to repeat it")
    .action(async (id) => {
      const { explain } = await import("./commands/catalogue.ts");
      await ending(() => explain(id));
    });

  running(
    conformance
      .command("replay <report> <id>")
      .description("repeat one check of a JSON report, with the same seed, and show everything it sends"),
  ).action(async (report, id, options) => {
    const { replay } = await import("./commands/replay.ts");
    await ending(() => replay(report, id, options));
  });

  targeting(conformance.command("cleanup").description("delete what a run has left behind"))
    .requiredOption("--run-id <id>", "as the run printed it")
    .action(async (options) => {
      const { cleanup } = await import("./commands/cleanup.ts");
      await ending(() => cleanup(options));
    });

  targeting(conformance.command("preflight").description("whether a target can be judged, and what it is")).action(async (options) => {
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

const EXIT_CODES = `
Exit codes: 0 conformant · 1 a failure, or a stale baseline · 2 usage, configuration, document · 3 target not reachable or nothing
to judge · 4 a MUST could not be judged · 5 the kit's own fault · 130 interrupted, after cleaning up`;

function targeting(command: Command): Command {
  return command
    .option("--base-url <url>", "of the API, ends in /v1 (default: GETSMART_BASE_URL)")
    .option("--api-key <key>", "env:NAME, file:PATH, or the key (default: GETSMART_API_KEY)")
    .option("--path-map <file>", "where operations are, for an implementation with other paths: `createUser: POST /accounts`")
    .option("--capabilities <file>", "what the target offers, as YAML")
    .option("--controller <url>", "control plane that moves the target's clock (default: GETSMART_CONTROL_URL)")
    .option("--ca <file>", "authorities to trust besides (PEM)")
    .option("--insecure", "go on although the certificate is not valid; SEC-02 then fails")
    .option("--openapi <file>", "another OpenAPI document to judge by")
    .option("--allow <list>", "rate (bursts), quota (the hourly limit), production");
}

function running(command: Command): Command {
  return targeting(command)
    .option("--api-key-b <key>", "a second key of the same account")
    .option("--rate-key <key>", "the key whose quota may be used up")
    .option("--mode <mode>", "readonly, standard or full", "standard")
    .option("--profile <profile>", "what gates: published, contract or full", "contract")
    .option("--only <globs>", "ids to judge, such as USER-*,TOKEN-08")
    .option("--skip <globs>", "ids to leave out")
    .option("--webhook-receiver <where>", "none, loopback, or url:https://…", "none")
    .option("--webhook-listen <host:port>", "where that url leads to on this machine", "127.0.0.1:4020")
    .option("--budget <number>", "most requests (default: 1500)")
    .option("--max-rps <number>", "requests a second", "8")
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
    const { name, message, stack } = error as Error;
    const code = name === "UsageError" ? 2 : name === "TargetUnusable" ? 3 : 5;
    tell(code === 5 ? `getsmart-sandbox: this is the kit's own fault, not the target's\n${stack}` : `getsmart-sandbox: ${message}`);
    return code;
  }
}
