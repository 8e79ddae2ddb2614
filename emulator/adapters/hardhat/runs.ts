import { CALL_GAS } from "../../model/chain-limits.ts";
import { ChainRefusal, type Hex } from "../../ports/chain.ts";
import { isOutOfGas, type Run } from "./failures.ts";
import { intrinsicGas } from "./intrinsic-gas.ts";
import { type Provider, quantity } from "./network.ts";

/** A transaction or a call, as JSON-RPC writes it. */
export type CallObject = Readonly<Record<string, unknown>>;

/** A run with what it cost. */
interface Measured extends Run {
  /** Milliseconds of this process. */
  readonly cpu: number;
}

/** How far a call may go. */
export interface Reach {
  /** The gas that it may have: all that was asked for, what any program may have if it acts by how much it has left, or where it was stopped. */
  readonly gas: number;
  readonly stopped: boolean;
  /** How it went with as much gas as was tried; null when nothing had to be tried. */
  readonly run: Run | null;
  /** The gas of that run. */
  readonly tried: number;
  /** What it makes the node remember, in steps; 0 for what ends early. */
  readonly work: number;
}

/** Any program may have this much: its worst takes 400 MB. */
export const FREE_GAS = 125_000;

/** The node remembers of a call's input what it remembers of a step in so many bytes; of a call as much as of so many steps. */
const BYTES_A_STEP = 160;
const STEPS_A_CALL = 8;

/** A list of them is made to count steps: of no more than this many. */
const COUNTED = 150_000;

const COUNTING = { disableStack: true, disableStorage: true };

/** Memory that costs more than this, 130 KB of it, is for handing it to calls: some thousand of them take gigabytes. */
const MEMORY_GAS = 50_000;

/** CREATE, CALL, CALLCODE, DELEGATECALL, CREATE2, STATICCALL, and what an account that delegates has for code. */
const CALLING = new Set([0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa, 0xef]);

/** A plain loop's gas for a step. */
const GAS_A_STEP = 4;

/** Programs that take long in few steps for their gas (hashes, precompiled contracts) are known by their time, in milliseconds of the processor. */
const FEW_STEPS = 0.1;
const CPU_MS = 140;

/** The end of a run, and how much was handed to its calls. */
export const BRIEF = { tracer: "muxTracer", tracerConfig: { callTracer: { onlyTopCall: true }, "4byteTracer": null } };

/**
 * Runs calls without keeping the chain or the memory. The node records every step that a program makes, 600 bytes of it, and every byte
 * that it hands to a call; nothing turns that off, and no gas says how much it will be: a deployment of five million gas makes a thousand
 * steps, a loop a million. So a program gets little gas first, then twice as much, and from `callGas` on `callGas` more each time, as long
 * as it needs it and continues as it did. One that acts by how much gas is left could do anything with more: it gets what any program may
 * have (`any`).
 */
export class Runs {
  readonly #provider: Provider;
  readonly #callGas: number;
  /** As many as a call may make. */
  readonly #steps: number;
  readonly #cpu: number;
  readonly #memoryGas: number;

  constructor(provider: Provider, callGas: number) {
    this.#provider = provider;
    this.#callGas = callGas;
    const times = Math.max(callGas, CALL_GAS) / CALL_GAS;
    this.#cpu = CPU_MS * times;
    this.#memoryGas = MEMORY_GAS * times;
    this.#steps = (1.05 * callGas) / GAS_A_STEP;
  }

  /** The gas that a call may have whatever it does: even at one gas a step it makes no more steps than a plain loop of `callGas`. */
  any(call: CallObject): number {
    return intrinsicGas(call) + Math.max(this.#callGas / GAS_A_STEP, FREE_GAS);
  }

  /** The most gas of a call that is not sent. */
  most(call: CallObject): number {
    return intrinsicGas(call) + Math.max(this.#callGas, FREE_GAS);
  }

  /**
   * How far a call comes that may have `gas`. `isOver`: whether a run that ended is all that is wanted. Throws what the node says of a call
   * that cannot be run.
   */
  async reach(call: CallObject, block: unknown, gas: number, isOver: (run: Run) => boolean = () => false): Promise<Reach> {
    const intrinsic = intrinsicGas(call);
    const any = this.any(call);
    let run: Measured | null = null;
    let last: Count = { gas: 0, steps: 0, rate: 0, isFickle: false, isTimed: false, isHuge: false };
    let [expected, spent, tried] = [0, 0, 0];
    for (let more = FREE_GAS; intrinsic + more < gas; more += Math.min(more, this.#callGas)) {
      const given = intrinsic + more;
      run = await this.run(call, block, given);
      tried = given;
      spent += run.cpu;
      const ends = run.gasUsed < intrinsic + more / 2;
      if (ends && (gas <= any || isOver(run))) return { gas, stopped: false, run, tried, work: expected };
      const bytes = run.callBytes / BYTES_A_STEP;
      const next = Math.min(more + Math.min(more, this.#callGas), gas - intrinsic);
      const isLast = ends || intrinsic + next > any;
      if (bytes <= this.#steps) last = await this.#count(call, block, given, more, last, isLast || /memory/.test(run.error ?? ""));
      const limited = { gas: Math.min(gas, Math.round(any)), stopped: false, run, tried, work: expected };
      if (ends && last.isFickle) return limited;
      if (ends) return { ...limited, gas: last.isTimed ? Math.min(gas, run.gasUsed + this.#callGas) : gas };
      expected = (bytes * next) / more + expectedAt(next, last);
      const isLong =
        expected > this.#steps ||
        (last.rate < FEW_STEPS && (spent > 2 * this.#cpu || (await this.#isSlow(call, block, given, run)))) ||
        (last.isHuge && (await this.#mayCall(call, block)));
      if (isLong) return { gas: given, stopped: true, run, tried, work: expected };
      if (isLast && last.isFickle) return given < any ? limited : { ...limited, gas: given, stopped: true };
      // Whoever burns gas without a step may take as many steps in another block.
      if (isLast && last.isTimed && run.error !== null && !isOutOfGas(run)) return limited;
    }
    return { gas, stopped: false, run, tried, work: expected };
  }

  /** More steps than a call may make. */
  isTooMuch(work: number): boolean {
    return work > this.#steps;
  }

  /** One run, of which only the end is told. */
  async run(call: CallObject, block: unknown, gas: number): Promise<Measured> {
    const began = process.cpuUsage();
    const traced = await this.#trace(call, block, gas, BRIEF);
    const { user, system } = process.cpuUsage(began);
    return { ...runFrom(traced), cpu: (user + system) / 1000 };
  }

  /** Whether it would take too long with twice the gas. Looked at twice: something else of this process may have taken the time. */
  async #isSlow(call: CallObject, block: unknown, gas: number, { cpu }: Measured): Promise<boolean> {
    return 2 * cpu > this.#cpu && 2 * (await this.run(call, block, gas)).cpu > this.#cpu;
  }

  /**
   * Counts the steps, unless they cannot matter yet (none is for less than a gas) and nobody wants to know, or are so many that the next look
   * is the last.
   */
  async #count(call: CallObject, block: unknown, given: number, gas: number, last: Count, isWanted: boolean): Promise<Count> {
    if (4 * gas <= this.#steps && !isWanted) return last;
    if (expectedAt(gas, last) > COUNTED) return last;
    // A program of few steps that begins to loop is known by its time.
    if (last.rate < FEW_STEPS && gas < 2 * last.gas) return last;
    const { structLogs } = (await this.#trace(call, block, given, COUNTING)) as { structLogs: readonly StructLog[] };
    const calls = structLogs.filter(({ op }) => /CALL$|^CREATE/.test(op)).length;
    const steps = structLogs.length + STEPS_A_CALL * calls;
    const isFickle = last.isFickle || structLogs.some(({ op }, at) => isFickleStep(op, structLogs[at + 1]?.op));
    const isTimed = last.isTimed || structLogs.some(({ op }) => TIMED.has(op));
    const isHuge = structLogs.some(({ error, gas: left }) => error?.includes("MemoryOOG") && left > this.#memoryGas);
    return { gas, steps, rate: (steps - last.steps) / (gas - last.gas), isFickle, isTimed, isHuge };
  }

  /** Whether its code can call other code at all. */
  async #mayCall({ to, data, input }: CallObject, block: unknown): Promise<boolean> {
    const code = to ? await this.#provider.request({ method: "eth_getCode", params: [to, block] }) : (data ?? input ?? "0x");
    return Buffer.from(String(code).slice(2), "hex").some((byte) => CALLING.has(byte));
  }

  #trace(call: CallObject, block: unknown, gas: number, options: object): Promise<object> {
    const params = [{ ...call, gas: quantity(gas) }, block, options];
    return this.#provider.request({ method: "debug_traceCall", params }) as Promise<object>;
  }
}

/** What was asked for with BRIEF. */
export function runFrom(traced: unknown): Run {
  const { callTracer, "4byteTracer": inputs } = traced as {
    callTracer: { gasUsed: Hex; output?: Hex; error?: string };
    "4byteTracer": Readonly<Record<string, number>>;
  };
  const { gasUsed, output = "0x", error = null } = callTracer;
  let callBytes = 0;
  // `selector-size`, where the size is without the selector.
  for (const [input, count] of Object.entries(inputs)) callBytes += (4 + Number(input.split("-")[1])) * count;
  return { gasUsed: Number(gasUsed), output, error, callBytes };
}

/** How many steps were made with how much gas, and how many it is for one more. */
interface Count {
  readonly gas: number;
  readonly steps: number;
  readonly rate: number;
  readonly isFickle: boolean;
  readonly isTimed: boolean;
  /** It wants memory that is large. */
  readonly isHuge: boolean;
}

/** What lets a program do in a block what it did not when it was tried: how much gas is left, unless a call gets it, and the base fee, 0 in a call. */
function isFickleStep(op: string, next = "CALL"): boolean {
  return op === "BASEFEE" || (op === "GAS" && !next.endsWith("CALL") && next !== "CALLCODE");
}

/** What may be another in the block than it was when the program was tried. Contracts with a deadline look at it, so they keep some room. */
const TIMED = new Set(["TIMESTAMP", "PREVRANDAO", "DIFFICULTY"]);

interface StructLog {
  readonly op: string;
  readonly gas: number;
  readonly error?: string;
}

function expectedAt(gas: number, last: Count): number {
  return last.steps + last.rate * (gas - last.gas);
}

/** What a transaction is refused with that would work too long. */
export function tooLong({ gas, run, stopped }: Reach): ChainRefusal {
  if (!stopped) {
    return new ChainRefusal(
      -32000,
      `The transaction acts by how much gas it has left, by the base fee or by the time: what it does with more than ${gas} gas cannot be known before; it was not sent. Give it less gas, or start with a higher --call-gas.`,
    );
  }
  const why = run && isOutOfGas(run) ? "has not ended" : "is still busy";
  return new ChainRefusal(
    -32000,
    `The transaction ${why} after ${gas} gas and would keep the chain from everything else; it was not sent. Give it less gas, or start with a higher --call-gas.`,
  );
}
