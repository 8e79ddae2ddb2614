import type { FaultEntry } from "../model/fault.ts";

/** A fault in words: `mintTokens takes effect, then answers 503 CHAIN_UNAVAILABLE; 2 times`. */
export function faultSentence(fault: FaultEntry): string {
  const { operationId, path, method, api_key } = fault;
  const which = operationId ?? `${method ?? "every method"} ${path}`;
  const conditions = [
    api_key === undefined ? null : `with the key ${api_key}`,
    fault.every === undefined ? null : `every ${ordinal(fault.every)} time`,
    fault.probability === undefined ? null : `with probability ${fault.probability}`,
    fault.times === undefined ? null : times(fault.times),
    fault.until === null ? null : `until ${fault.until}`,
  ].filter((each) => each !== null);
  return [`${which} ${whatHappens(fault)}`, ...conditions].join("; ");
}

function whatHappens(fault: FaultEntry): string {
  const { when, latency_ms, chain, connection, mutate } = fault;
  const wait = latency_ms === undefined ? [] : [`waits ${latency_ms} ms`];
  if (when === "after") return ["takes effect", ...wait, answerOf(fault)].filter((each) => each !== null).join(", then ");
  // These do their work, after the wait.
  const goesOn = chain !== undefined || connection === "slow" || mutate !== undefined;
  const what = goesOn ? answerOf(fault) : answerOf(fault) && `${answerOf(fault)} and does nothing`;
  return [...wait, what].filter((each) => each !== null).join(", then ");
}

function answerOf({ error, retry_after, connection, bytes_per_second, mutate, chain }: FaultEntry): string | null {
  if (error) return `answers ${error.status} ${error.code}${retry_after === undefined ? "" : ` (Retry-After: ${retry_after})`}`;
  if (chain) return CHAIN[chain];
  if (mutate)
    return `answers ${Object.entries(mutate)
      .flatMap(([name, isOn]) => (isOn ? [MUTATED[name as keyof typeof MUTATED]] : []))
      .join(", ")}`;
  if (connection === "slow") return `answers slowly${bytes_per_second === undefined ? "" : `, ${bytes_per_second} bytes a second`}`;
  return connection ? CONNECTION[connection] : null;
}

const CONNECTION = {
  reset: "resets the connection",
  empty: "closes the connection without an answer",
  garbage: "sends bytes that are not HTTP",
  hang: "never answers",
};

const CHAIN = {
  revert: "meets a chain that reverts",
  out_of_gas: "meets a chain on which it runs out of gas",
  pending: "meets a chain that mines no block",
  rpc_down: "meets a chain that does not answer",
};

const MUTATED = {
  unknown_members: "with unknown members",
  unknown_enums: "with unknown enum values",
  without_message: "without message",
};

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function ordinal(count: number): string {
  const endings: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd", other: "th" };
  return `${count}${endings[new Intl.PluralRules("en", { type: "ordinal" }).select(count)]}`;
}
