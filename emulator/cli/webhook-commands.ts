import type { Command } from "commander";
import type { ClientOptions, ControlClient } from "./client.ts";
import { fraction, whole } from "./numbers.ts";

/** What main.ts lends to those who add commands. */
export interface CommandTools {
  /** A command that talks to a running sandbox. */
  readonly client: (name: string, description: string, parent?: Command) => Command;
  readonly example: (command: Command, line: string) => Command;
  readonly control: (options: ClientOptions) => Promise<ControlClient>;
  readonly print: (text: string) => void;
}

/** `listen`, `trigger`, `resend` and `webhooks`. */
export function addWebhookCommands(program: Command, { client, example, control, print }: CommandTools): void {
  example(
    client("listen", "receive the sandbox's events as they happen, and forward them, signed, to a URL"),
    "listen --forward-to http://localhost:3000/webhooks --events award.claimed,award.revoked",
  )
    .option("-f, --forward-to <url>", "where to POST them; without it they are only shown")
    .option("-e, --events <list>", "event types, separated by commas (default: all)")
    .option("--print-secret", "print the secret that signs them, the same as long as the sandbox is, and exit")
    .option("--skip-verify", "do not ask for a trusted certificate of an https URL")
    .option("--format <format>", "text, or json: one object a line", "text")
    .action(async (options) => {
      const { listen } = await import("./listen/listen.ts");
      await listen(options);
    });

  example(
    client("trigger [event]", "make an event happen, by the API's own operations, on objects named or made for it"),
    "trigger award.claimed --set recipient_id=usr_01M872DH8G000001W0554FK09V --set badge.reward.amount=50",
  )
    .option(
      "--set <path=value>",
      "name an existing object (badge_id=bdg_…), or a member of a new one (badge.title=…, badge.max_awards:=5)",
      collect,
    )
    .option("--advance-clock", "move the sandbox's clock, or mine a block, where only that brings the event")
    .option("--list", "show every event type and what makes it happen")
    .action(async (event, { list, ...options }) => {
      const { storyList, trigger } = await import("./trigger/trigger.ts");
      const { UsageError } = await import("./usage-error.ts");
      if (list) return print(storyList());
      if (event === undefined) throw new UsageError("trigger needs an event type; `trigger --list` shows all");
      await trigger(event, options, print);
    });

  example(
    client("resend <events...>", "send past events again, to the endpoints that want them and to every `listen`"),
    "resend evt_01M872DH8G000001W0554FK09V",
  ).action(async (ids, options) => {
    const { resend } = await import("./resend.ts");
    await resend(await control(options), ids, print);
  });

  const webhooks = program
    .command("webhooks")
    .description("faults of webhook deliveries, to test receivers; a reset restores the settings of start");
  example(client("show", "show how they are delivered", webhooks), "webhooks show").action(async (options) => {
    const { showWebhooks } = await import("./webhook-faults.ts");
    print(await showWebhooks(await control(options)));
  });
  example(
    client("set", "change how webhooks are delivered; options left out keep their value", webhooks),
    "webhooks set --forge signature --drop-first 1",
  )
    .option("--order <order>", "order of first attempts: event or shuffle")
    .option("--duplicates <count>", "how many times more each is sent, 0 to 5", fraction)
    .option("--forge <part>", "signature, timestamp or body: a receiver that verifies refuses them; none")
    .option("--drop-first <count>", "how many attempts of each delivery fail before anything is sent, 0 to 5", whole)
    .action(async (options) => {
      const { setWebhooks } = await import("./webhook-faults.ts");
      print(await setWebhooks(await control(options), options));
    });
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}
