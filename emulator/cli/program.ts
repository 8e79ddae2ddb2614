import { Command } from "commander";
import { conformanceCommand } from "../../test/conformance/kit/cli.ts";
import { VERSION } from "../package-root.ts";
import type { ClientOptions } from "./client.ts";
import { addControlCommands } from "./control-commands.ts";
import { addObservationCommands } from "./observation-commands.ts";
import { printable } from "./printable.ts";
import { addServerCommands } from "./server-commands.ts";
import { addWebhookCommands } from "./webhook-commands.ts";

/** The command line. Each command's work is imported when it runs. */
export function createProgram(): Command {
  const program = new Command("getsmart-sandbox")
    .description("A local emulator and contract test kit for the Get Smart Token API.")
    .version(VERSION)
    .configureHelp({ showGlobalOptions: true })
    .enablePositionalOptions();
  const client = (name: string, description: string, parent: Command = program) => clientCommand(parent, name, description);

  addServerCommands(program, { example });

  example(client("wait", "return when the sandbox is ready, or fail after a time-out"), "wait -t 30")
    .option("-t, --timeout <seconds>", "how long to wait", seconds, 30)
    .action(async (options) => {
      const { waitUntilReady } = await import("./wait.ts");
      await waitUntilReady(options, options.timeout * 1000);
    });

  example(client("seed [fixture...]", "bring fixtures or generated data into a running sandbox"), "seed course ./my-class.yaml")
    .addHelpText("after", "  getsmart-sandbox seed --generate users=10000,badges=5,awards=2000")
    .option("--generate <amounts>", "data for load instead: users=10000, badges=5, awards=2000, separated by commas")
    .action(async (fixtures: string[], { generate, ...options }) => {
      const { generateData, parseAmounts, seedFixtures, SeedUsageError } = await import("./seed.ts");
      if (fixtures.length > 0 === (generate !== undefined)) throw new SeedUsageError("name fixtures, or say --generate; --help shows how");
      const amounts = generate === undefined ? null : parseAmounts(generate);
      const sandbox = await control(options);
      print(amounts ? await generateData(sandbox, amounts) : await seedFixtures(sandbox, fixtures));
    });

  const keys = program.command("keys").description("API keys of a running sandbox");
  example(client("list", "list the keys, newest first", keys), "keys list").action(async (options) => {
    const { listKeys } = await import("./keys.ts");
    print(await listKeys(await control(options)));
  });
  example(
    client("create <name>", "make a key and print its secret, which is shown only now", keys),
    'keys create "CI" --scopes users:read,tokens:read',
  )
    .option("--scopes <list>", "scopes, separated by commas (default: all)", (text) => text.split(","))
    .option("--expires-at <instant>", "RFC 3339 instant from which it is refused")
    .action(async (name, { scopes, expiresAt, ...options }) => {
      const { createKey } = await import("./keys.ts");
      print(await createKey(await control(options), { name, scopes, expires_at: expiresAt }));
    });
  example(
    client(
      "session",
      "print a key for tools that inspect the sandbox: unmetered, in no list and no log, valid until the sandbox stops",
      keys,
    ),
    "keys session --scopes users:read",
  )
    .option("--scopes <list>", "scopes, separated by commas (default: all)", (text) => text.split(","))
    .action(async ({ scopes, ...options }) => {
      const { openSession } = await import("./keys.ts");
      print(await openSession(await control(options), scopes));
    });
  example(client("revoke <id>", "end a key at once", keys), "keys revoke key_01M872DH4Y0000009QW14W2JGA").action(async (id, options) => {
    const { revokeKey } = await import("./keys.ts");
    await revokeKey(await control(options), id);
  });

  addWebhookCommands(program, { client, example, control, print });
  addControlCommands(program, { client, control, example, print });
  addObservationCommands(program, { client, example, control, print });
  conformanceCommand(program);

  everyCommand(program, (command) =>
    command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2)).showHelpAfterError("(--help shows what is accepted)"),
  );
  return program;
}

/** A command that talks to a running sandbox. */
function clientCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option(
      "--url <url>",
      "control plane of the sandbox (default: GETSMART_CONTROL_URL, the data folder's lock, or port 4010 where no such folder is)",
    )
    .option("--data-dir <folder>", "data folder of the sandbox")
    .option("--ca-dir <folder>", "folder of its authority, when it speaks HTTPS (default: named by the lock, ~/.getsmart-sandbox/ca)")
    .option("--control-token <token>", "what the control plane asks for beyond loopback");
}

async function control(options: ClientOptions) {
  const { connect } = await import("./client.ts");
  return await connect(options);
}

function example(command: Command, line: string): Command {
  return command.addHelpText("after", `\nExample:\n  getsmart-sandbox ${line}`);
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const each of command.commands) everyCommand(each, change);
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`getsmart-sandbox: --timeout: ${text} is not a number of seconds`);
  process.exit(2);
}

function print(text: string): void {
  if (text !== "") process.stdout.write(`${printable(text)}\n`);
}
