import type { Command } from "commander";
import type { ControlClient } from "./client.ts";
import { fraction, whole } from "./numbers.ts";

/** How main.ts makes a command that talks to a running sandbox, and connects it. */
export interface CommandKit {
  client(name: string, description: string, parent?: Command): Command;
  control(options: Parameters<typeof import("./client.ts").connect>[0]): Promise<ControlClient>;
  example(command: Command, line: string): Command;
  print(text: string): void;
}

/** State, time, quotas, blocks, faults and health of a running sandbox. */
export function addControlCommands(program: Command, { client, control, example, print }: CommandKit): void {
  const state = () => import("./state.ts");
  example(client("reset", "go back to the state right after the fixture"), "reset").action(async (options) => {
    print(await (await state()).reset(await control(options)));
  });

  example(client("export [file]", "write the whole state, but for secrets, as readable YAML"), "export class.yaml").action(
    async (file, options) => {
      const { exportTo } = await import("./transfer.ts");
      print(await exportTo(await control(options), file));
    },
  );
  example(client("import <file>", "replace everything by an exported state"), "import class.yaml").action(async (file, options) => {
    const { importFrom } = await import("./transfer.ts");
    print(await importFrom(await control(options), file));
  });

  const snapshot = program.command("snapshot").description("named states to go back to, any number of times");
  example(client("save <name>", "name the present state", snapshot), "snapshot save before-exam").action(async (name, options) => {
    print(await (await state()).saveSnapshot(await control(options), name));
  });
  example(client("restore <name>", "go back, or across, to a named state", snapshot), "snapshot restore before-exam").action(
    async (name, options) => {
      print(await (await state()).restoreSnapshot(await control(options), name));
    },
  );
  example(client("list", "list them, oldest first", snapshot), "snapshot list").action(async (options) => {
    print(await (await state()).listSnapshots(await control(options)));
  });
  example(client("delete <name>", "forget one", snapshot), "snapshot delete before-exam").action(async (name, options) => {
    print(await (await state()).deleteSnapshot(await control(options), name));
  });

  const clock = program.command("clock").description("the one clock of API and chain");
  const clockCommand = (name: string, description: string, line: string, moveOf: (argument: string) => import("./clock.ts").ClockMove) =>
    example(client(name, description, clock), line).action(async (...args) => {
      const { moveClock } = await import("./clock.ts");
      const [argument, options] = args.length === 3 ? args : ["", args[0]];
      const { line, note } = await moveClock(await control(options), moveOf(argument));
      print(line);
      if (note !== null) process.stderr.write(`${note}\n`);
    });
  clockCommand("show", "show its instant, and whether it runs", "clock show", () => "show");
  clockCommand("advance <duration>", "skip a duration; what is due on the way is done", "clock advance 90d", (by) => ({ by }));
  clockCommand("set <instant>", "go forward to an instant", "clock set 2027-01-01T00:00:00Z", (to) => ({ to }));
  clockCommand("freeze", "let it stand still", "clock freeze", () => "freeze");
  clockCommand("run", "let it run", "clock run", () => "run");

  const limits = program.command("limits").description("what is left of the quotas of API keys");
  example(client("show [key]", "show what is left to one key (id, name or secret), or to all", limits), "limits show").action(
    async (key, options) => {
      const { showLimits } = await import("./limits.ts");
      print(await showLimits(await control(options), key));
    },
  );
  example(
    client("set <key>", "leave so many requests to a key, which is metered from then on", limits),
    "limits set 'Default key' --hour 1",
  )
    .option("--second <requests>", "left of the quota of the second", whole)
    .option("--hour <requests>", "left of the quota of the hour", whole)
    .action(async (key, { second, hour, ...options }) => {
      const { setLimits } = await import("./limits.ts");
      const left = { ...(second === undefined ? {} : { second }), ...(hour === undefined ? {} : { hour }) };
      print(await setLimits(await control(options), key, left));
    });

  const mine = example(client("mine", "mine blocks"), "mine 3").argument("[blocks]", "how many", whole, 1);
  mine.action(async (blocks, options) => {
    print(await (await state()).mine(await control(options), blocks));
  });

  const faults = program
    .command("faults")
    .description("faults on demand: errors, latency, broken connections, changed answers, a failing chain");
  example(client("add", "add a fault at the end of the list; the first that fits a request happens", faults), EXAMPLE_FAULT)
    .option("--operation <id>", "the operation that meets it, such as mintTokens")
    .option("--path <pattern>", "or the path below /v1: /users/*, /users/{user_id}, *")
    .option("--method <method>", "with --path: only this method")
    .option("--api-key <key>", "only requests with this key (secret or id)")
    .option("--when <moment>", "before (default): nothing is done; after: the work takes effect, and its answer is lost or replaced")
    .option("--probability <number>", "0 to 1 (default: always)", fraction)
    .option("--times <count>", "so many times (default: without end)", whole)
    .option("--every <n>", "only every n-th request that fits", whole)
    .option("--for <duration>", "over after so much sandbox time: 30s, 5m")
    .option("--latency-ms <ms>", "real time before anything else happens; with --when after, before the answer", whole)
    .option("--status <status>", "answer with an error of this status", whole)
    .option("--code <code>", "the error's code: one of the API, or any other in capitals")
    .option("--message <text>", "the error's sentence")
    .option("--retry-after <seconds>", "the error's Retry-After", whole)
    .option("--connection <kind>", "reset, empty, garbage, hang or slow")
    .option("--bytes-per-second <count>", "with --connection slow: how fast the body comes", whole)
    .option("--mutate <list>", "changes JSON answers: unknown-members, unknown-enums, without-message")
    .option("--chain <kind>", "revert, out_of_gas, pending or rpc_down")
    .action(async (options) => {
      const { addFault } = await import("./faults.ts");
      print(await addFault(await control(options), options));
    });
  example(client("list", "list them, and how often each has happened", faults), "faults list").action(async (options) => {
    const { listFaults } = await import("./faults.ts");
    print(await listFaults(await control(options)));
  });
  example(client("clear [id]", "end one, or all", faults), "faults clear").action(async (id, options) => {
    const { clearFaults } = await import("./faults.ts");
    print(await clearFaults(await control(options), id));
  });

  example(client("doctor", "check every invariant of records, journal and chain; 1 when one is broken"), "doctor").action(
    async (options) => {
      const { askDoctor } = await import("./doctor.ts");
      const { healthy, text } = await askDoctor(await control(options));
      print(text);
      process.exitCode = healthy ? 0 : 1;
    },
  );
}

const EXAMPLE_FAULT = "faults add --operation mintTokens --status 503 --code CHAIN_UNAVAILABLE --times 1";
