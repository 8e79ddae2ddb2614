import { Command, Option } from "commander";
import { SETTINGS } from "../config.ts";
import { VERSION } from "../package-root.ts";
import { reportAndExit } from "./failures.ts";

/** The command line. Each command's work is imported when it runs. */
const program = new Command("getsmart-sandbox")
  .description("A local emulator and contract test kit for the Get Smart Token API.")
  .version(VERSION)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .showHelpAfterError("(--help shows what is accepted)");

const start = program
  .command("start")
  .description("start a sandbox and serve it until it is stopped")
  .option("--config <file>", "configuration file (default: getsmart-sandbox.config.yaml, if it is there)")
  .addHelpText("after", "\nExample:\n  getsmart-sandbox start --port 0 --ephemeral --limits off");
for (const { flag, description, initial } of Object.values(SETTINGS)) {
  const shown = typeof initial === "string" || (typeof initial === "number" && initial !== 0) ? ` (default: ${initial})` : "";
  start.addOption(new Option(flag, description + shown));
}
start.action(async (flags) => {
  const { startSandbox } = await import("./start.ts");
  await startSandbox(flags);
});

program.parseAsync().catch(reportAndExit);
