import { monitorEventLoopDelay } from "node:perf_hooks";

/** What no request to a sandbox may take of the event loop, in milliseconds, and no answer of memory. */
const MOST_HELD_MS = 100;
const MOST_BYTES = 16 * 2 ** 20;

/** Another process may have taken the time: so many times in a row it is the request. */
const TIMES = 5;

const delay = monitorEventLoopDelay({ resolution: 1 });

/** Sends a request of this process to this process, again where it was slow, and says what is wrong with its first answer. */
export async function sendTimed<A extends { readonly text: string }>(
  send: () => Promise<A>,
): Promise<{ answer: A; problems: string[]; wasRepeated: boolean }> {
  delay.enable();
  const answer = await send();
  let times = 1;
  for (; delay.max / 1e6 > MOST_HELD_MS && times < TIMES; times++) {
    delay.reset();
    await send();
  }
  const held = delay.max / 1e6;
  delay.disable();
  delay.reset();
  const problems = held > MOST_HELD_MS ? [`held the event loop for ${held.toFixed()} ms`] : [];
  if (answer.text.length > MOST_BYTES) problems.push(`${answer.text.length} characters`);
  return { answer, problems, wasRepeated: times > 1 };
}
