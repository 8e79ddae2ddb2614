import { Bench } from "./tasks.ts";

/** One process of the self-test: does the tasks that it is sent, one at a time, with emulators of its own. */
const bench = new Bench();

process.on("message", async (id: string) => {
  const proof = await bench
    .do(id)
    .catch((error: Error) => ({ id, killedBy: [], survived: [`the self-test itself failed: ${error.stack}`], unexpected: [], ms: 0 }));
  process.send?.(proof);
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
