/**
 * A working session as a person has it: starts the real command line on a terminal (`script` makes one), uses the API, JSON-RPC and two
 * commands, and stops it with Ctrl-C. Prints what came of it as one line of JSON. Needs nothing but loopback.
 *
 *     node test/cli/loopback/session.ts [flags of start]
 */
import { execFileSync, spawn } from "node:child_process";

import { LAUNCHER } from "../../support/package.ts";

const line = [process.execPath, LAUNCHER, "start", "--port", "0", "--rpc-port", "0", "--fixture", "empty", ...process.argv.slice(2)];
// Trust is another test's matter.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
process.env.NODE_NO_WARNINGS = "1";
// `exec`: a shell between would be ended by Ctrl-C too, and tell its own end.
const terminal = spawn("script", ["-qec", `exec ${line.map((word) => `'${word}'`).join(" ")}`, "/dev/null"]);
const ended = new Promise<number | null>((resolve) => terminal.once("close", resolve));

const banner = await new Promise<string>((resolve, reject) => {
  let shown = "";
  terminal.stdout.on("data", (chunk) => {
    shown += chunk;
    if (shown.includes("Stop with Ctrl-C.")) resolve(shown);
  });
  ended.then(() => reject(new Error(`it ended:\n${shown}`)));
});
const shown = (name: string) => new RegExp(`${name} +(\\S+)`).exec(banner)?.[1] as string;
const command = (...args: string[]) => execFileSync(process.execPath, [LAUNCHER, ...args, "--url", shown("Control")], { encoding: "utf8" });

const user = await fetch(`${shown("API")}/users`, {
  method: "POST",
  headers: { authorization: `Bearer ${shown("API key")}`, "content-type": "application/json" },
  body: JSON.stringify({ email: "ada@example.com", display_name: "Ada Lovelace" }),
});
const block = await fetch(shown("JSON-RPC"), {
  method: "POST",
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] }),
});
command("wait");
const keys = command("keys", "list");
terminal.stdin.write("\x03");
console.log(
  JSON.stringify({
    user: user.status,
    block: ((await block.json()) as { result: string }).result,
    keys: keys.trim().split("\n").length,
    exit: await ended,
  }),
);
terminal.stdin.end();
