import { createSandbox } from "getsmart-sandbox";
import { runConformance, verdictOf } from "getsmart-sandbox/conformance";

const sandbox = await createSandbox();
const run = await runConformance({ target: sandbox.app, apiKey: sandbox.apiKey, only: ["USER-*"], maxRps: 1000 });
console.log(verdictOf(run).line);
await sandbox.close();
process.exitCode = verdictOf(run).exitCode;
