import { monitorEventLoopDelay } from "node:perf_hooks";

/** What no request to a sandbox may take of the event loop, in milliseconds, and no answer of memory. */
const MOST_HELD_MS = 100;
const MOST_BYTES = 16 * 2 ** 20;

/** Another process may have taken the time: so many times in a row it is the request. */
const TIMES = 5;

/** The longest turn of the event loop, and no more than the thread has worked: a busy machine lets it wait. */
async function timed<A>(send: () => Promise<A>): Promise<{ answer: A; held: number }> {
  delay.reset();
  const before = worked();
  const answer = await send();
  return { answer, held: Math.min(delay.max / 1e6, worked() - before) };
}

/** Milliseconds of the processor that this thread has had; an older Node counts the whole process. */
function worked(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage).call(process);
  return (user + system) / 1000;
}

const delay = monitorEventLoopDelay({ resolution: 1 });

/** Sends a request of this process to this process, again where it was slow, and says what is wrong with its first answer. */
export async function sendTimed<A extends { readonly text: string }>(
  send: () => Promise<A>,
): Promise<{ answer: A; problems: string[]; wasRepeated: boolean }> {
  delay.enable();
  const first = await timed(send);
  let { held } = first;
  let times = 1;
  for (; held > MOST_HELD_MS && times < TIMES; times++) ({ held } = await timed(send));
  delay.disable();
  const { answer } = first;
  const problems = held > MOST_HELD_MS ? [`held the event loop for ${held.toFixed()} ms`] : [];
  if (answer.text.length > MOST_BYTES) problems.push(`${answer.text.length} characters`);
  return { answer, problems, wasRepeated: times > 1 };
}
