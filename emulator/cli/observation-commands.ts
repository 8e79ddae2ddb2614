import { type Command, Option } from "commander";
import type { CommandTools } from "./webhook-commands.ts";

/** `requests`, `trace`, `logs` and `coverage`. */
export function addObservationCommands(program: Command, { client, example, control, print }: CommandTools): void {
  const requests = program.command("requests").description("the latest requests to the API of a running sandbox");
  example(filtered(client("list", "list them, newest first, without secrets", requests)), "requests list --status 4XX --path '/v1/users*'")
    .option("--limit <count>", "at most so many", "100")
    .option("--session", "those of tools beside the client too")
    .addOption(format())
    .action(async (options) => {
      const { listRequests } = await import("./requests.ts");
      await listRequests(await control(options), options);
    });
  example(filtered(client("count", "count them", requests)), "requests count --operation mintTokens --since 5m").action(async (options) => {
    const { countRequests } = await import("./requests.ts");
    print(await countRequests(await control(options), options));
  });
  example(client("clear", "forget them", requests), "requests clear").action(async (options) => {
    await (await control(options)).call("DELETE", "/requests");
  });

  example(client("trace <request_id>", "show all that one request did, down to the webhooks"), "trace req_01M872DH8G000001W0554FK09V")
    .option("--headers", "the header fields of both sides, too")
    .addOption(format())
    .action(async (id, options) => {
      const { showTrace } = await import("./trace.ts");
      print(await showTrace(await control(options), id, options));
    });

  const logs = program.command("logs").description("the live log of a running sandbox");
  example(client("tail", "show requests as they are answered, one line each", logs), "logs tail --filter-status 4XX")
    .option("--filter-status <status>", "only these: 404, or 4XX")
    .option("--filter-path <path>", "only these: /v1/users/{user_id}, or with * for anything")
    .addOption(format())
    .action(async (options) => {
      const { tailLogs } = await import("./logs.ts");
      await tailLogs(await control(options), options);
    });

  example(
    client("coverage", "show which operations, error codes and event types the client has met since the start"),
    "coverage --fail-under 60",
  )
    .option("--fail-under <percent>", "fail if it is less")
    .addOption(format())
    .action(async (options) => {
      const { showCoverage } = await import("./coverage.ts");
      await showCoverage(await control(options), options, print);
    });
}

function format(): Option {
  return new Option("--format <format>", "text, or json").choices(["text", "json"]).default("text");
}

function filtered(command: Command): Command {
  return command
    .option("--operation <id>", "of this operation: mintTokens")
    .option("--method <method>", "with this method")
    .option("--path <path>", "to this path: /v1/users/{user_id}, or with * for anything")
    .option("--status <status>", "answered with 404, or 4XX")
    .option("--code <code>", "refused with this error code")
    .option("--api-key <key>", "made with this key, by id or secret")
    .option("--since <when>", "after an RFC 3339 instant, of the last 5m, or after a request id");
}
