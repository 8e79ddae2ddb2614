// The public interface, as a project uses it. Each @ts-expect-error also proves that the types above it are not `any`.
import { createServer } from "node:http";
import { describe, it } from "node:test";
import { createSandbox, InvariantBroken, type Sandbox, type SandboxOptions, type Snapshot } from "getsmart-sandbox";
import type { getSmartBadgeAbi } from "getsmart-sandbox/abi";
import type getsToken from "getsmart-sandbox/abi/GetsToken.json";
import { CHECKS, conformanceSuite, type Run, runConformance, verdictOf } from "getsmart-sandbox/conformance";

const options: SandboxOptions = {
  dataDir: "data",
  seed: 1,
  chainId: 31337,
  limits: { perSecond: 10, perHour: 1000 },
  allowHosts: ["sandbox.test"],
};
const sandbox: Sandbox = await createSandbox(options);
// @ts-expect-error a seed is a text or a number
await createSandbox({ seed: true });

createServer(sandbox.app);
// @ts-expect-error an application is no text
const text: string = sandbox.app;

const origin: string = await sandbox.listen({ port: 0 });
const rpc: string = await sandbox.listenRpc();
const url = new URL(`${origin}/v1`).href + rpc + sandbox.apiKey + text;

const before: Snapshot = await sandbox.snapshot("before");
await sandbox.clock.advance("90d");
// @ts-expect-error a duration is a text or milliseconds
await sandbox.clock.advance(true);
sandbox.limits.set(sandbox.apiKey, { hour: { remaining: 1 } });
const block: number = await sandbox.chain.mine(2);
const [account] = sandbox.accounts;
const address: string | undefined = account?.address;
await before.restore();
await sandbox.reset();

try {
  await sandbox.doctor();
} catch (error) {
  if (error instanceof InvariantBroken) console.log(error.findings.map(({ invariant, problems }) => `${invariant}: ${problems.length}`));
}
// @ts-expect-error there is no such part
sandbox.nothing;
conformanceSuite({ describe, it, target: "http://127.0.0.1:4010/v1", apiKey: "key", only: ["USER-*"] });
conformanceSuite({ describe, it, target: async () => ({ target: sandbox.app, apiKey: sandbox.apiKey }) });
const run: Run = await runConformance({ target: sandbox.app, apiKey: sandbox.apiKey, mode: "readonly" });
// @ts-expect-error there is no such mode
await runConformance({ target: sandbox.app, apiKey: sandbox.apiKey, mode: "rough" });
const exitCode: number = verdictOf(run).exitCode + CHECKS.length;
// Literal types, from which viem infers calls, events and errors.
type ErrorOf<Abi extends readonly unknown[]> = Extract<Abi[number], { type: "error" }> extends { name: infer Name } ? Name : never;
const refusal: ErrorOf<typeof getsToken> = "ERC20InsufficientBalance";
const other: ErrorOf<typeof getSmartBadgeAbi> = "TokenLocked";
// @ts-expect-error there is no such error
const none: ErrorOf<typeof getsToken> = "Zebra";
console.log(refusal, other, none);
console.log(exitCode, url, block, address, sandbox.info().urls.api, sandbox.notices, sandbox.caFile);
await sandbox.close();
