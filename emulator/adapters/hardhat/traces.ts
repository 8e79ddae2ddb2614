import { ChainRefusal, type Hex } from "../../ports/chain.ts";
import { type Provider, quantity } from "./network.ts";
import { BRIEF, type CallObject, type Runs, runFrom } from "./runs.ts";
import { type StructLog, stackWords } from "./stack-words.ts";

/** geth's code for what is too much. */
const LIMIT_EXCEEDED = -32005;

/** Words on the stacks of a trace, 70 bytes each in its answer. */
const MAX_WORDS = 500_000;

/** Bytes handed to calls, which tracers of calls repeat in hexadecimal. */
const MAX_CALL_BYTES = 4_000_000;

const LEAN = { disableStack: true, disableStorage: true };

/** `debug_trace*`: an answer holds an object for each step, so what is traced is bounded by the gas that it uses, before it is traced. */
export class Traces {
  readonly #provider: Provider;
  readonly #runs: Runs;
  readonly #most: number;

  constructor(provider: Provider, runs: Runs, traceGas: number) {
    this.#provider = provider;
    this.#runs = runs;
    this.#most = traceGas;
  }

  async call([call, block = "latest", options]: readonly unknown[], gas: number): Promise<unknown> {
    const wish = readOptions(options);
    const tx = call as CallObject;
    const reach = await this.#runs.reach(tx, block, gas);
    if (reach.stopped) throw tooMuch(`It has not ended after ${reach.gas} gas, and what uses more than ${this.#most} is not traced.`);
    const run = await this.#runs.run(tx, block, reach.gas);
    this.#refuseLong(run.gasUsed);
    const given = { ...tx, gas: quantity(reach.gas) };
    return await this.#trace(wish, run.callBytes, (how) => this.#ask("debug_traceCall", given, block, how));
  }

  async transaction([hash, options]: readonly unknown[]): Promise<unknown> {
    const wish = readOptions(options);
    const trace = (how: object) => this.#ask("debug_traceTransaction", hash, how);
    const receipt = (await this.#ask("eth_getTransactionReceipt", hash)) as { gasUsed: Hex } | null;
    // The node says what is wrong with the hash.
    if (!receipt) return await trace(wish);
    this.#refuseLong(Number(receipt.gasUsed));
    return await this.#trace(wish, runFrom(await trace(BRIEF)).callBytes, trace);
  }

  #refuseLong(gasUsed: number): void {
    if (gasUsed <= this.#most) return;
    throw tooMuch(`It used ${gasUsed} gas, and what uses more than ${this.#most} is not traced; start with a higher --trace-gas.`);
  }

  async #trace(wish: Options, callBytes: number, trace: (how: object) => Promise<unknown>): Promise<unknown> {
    if (wish.tracer !== undefined) {
      if (callBytes > MAX_CALL_BYTES)
        throw tooMuch(`Its calls have ${callBytes} bytes of input, of which a trace repeats at most ${MAX_CALL_BYTES}.`);
    } else if (wish.disableStack !== true) {
      const { structLogs } = (await trace(LEAN)) as { structLogs: readonly StructLog[] };
      const words = stackWords(structLogs);
      if (words > MAX_WORDS)
        throw tooMuch(`Its stacks hold ${words} words, of which a trace shows at most ${MAX_WORDS}: ask with disableStack: true.`);
    }
    return await trace(wish);
  }

  #ask(method: string, ...params: readonly unknown[]): Promise<unknown> {
    return this.#provider.request({ method, params });
  }
}

interface Options {
  readonly tracer?: unknown;
  readonly disableStack?: unknown;
}

/** geth's options. Memory is not shown: a step's may be megabytes. */
function readOptions(options: unknown = {}): Options {
  if (options === null) return {};
  if (typeof options !== "object" || Array.isArray(options)) throw new ChainRefusal(-32602, "The options of a trace are an object.");
  const { enableMemory, disableMemory } = options as Record<string, unknown>;
  if (enableMemory === true || disableMemory === false) throw tooMuch("Traces do not show memory here; ask without enableMemory.");
  return options;
}

function tooMuch(message: string): ChainRefusal {
  return new ChainRefusal(LIMIT_EXCEEDED, message);
}
