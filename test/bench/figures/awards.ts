import { createSandbox } from "../../../emulator/sandbox.ts";
import { type Figure, quantile, type Values } from "../figure.ts";

const LEARNERS = 600;
const AT_ONCE = 20;

/** Runs `work` over the items, so many at a time; milliseconds of each. */
async function pooled<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<number[]> {
  const durations: number[] = [];
  const queue = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
        const began = performance.now();
        await work(item);
        durations.push(performance.now() - began);
      }
    }),
  );
  return durations;
}

export const awards: Figure = {
  title: `a badge issued and claimed in one request by ${AT_ONCE} clients at once, journaled: the reward minted, or locked and released`,
  rounds: 3,
  variants: ["mint", "sponsor"],
  async measure(funding, scratch): Promise<Values> {
    const sandbox = await createSandbox({ dataDir: `${scratch}/awards-${process.pid}` });
    const origin = await sandbox.listen();
    const headers = { Authorization: `Bearer ${sandbox.apiKey}`, "Content-Type": "application/json" };
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${origin}/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      if (answer.status >= 300) throw new Error(await answer.text());
      return ((await answer.json()) as { data: { id: string } }).data;
    };
    const sponsor = await post("/users", { email: "s@example.com", display_name: "Sponsor", roles: ["sponsor"] });
    await post("/tokens/mint", { user_id: sponsor.id, amount: "1000000" });
    const offer = { title: "Bench", description: "Bench.", criteria: { narrative: "Bench." }, reward: { amount: "5", funding } };
    const badge = await post("/badges", { sponsor_id: sponsor.id, ...offer });
    await post(`/badges/${badge.id}/publish`, {});
    const ids: string[] = [];
    for (let i = 0; i < LEARNERS; i++) ids.push((await post("/users", { email: `l${i}@example.com`, display_name: "Learner" })).id);
    const issue = (recipient_id: string) => post(`/badges/${badge.id}/issue`, { recipient_id, auto_claim: true });
    await pooled(ids.slice(0, 100), issue);
    const began = performance.now();
    const durations = await pooled(ids.slice(100), issue);
    const seconds = (performance.now() - began) / 1000;
    return { awards_per_s: durations.length / seconds, p95_ms: quantile(durations, 0.95) };
  },
};
