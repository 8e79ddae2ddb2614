import { isDeepStrictEqual } from "node:util";
import { sameAmount } from "./amounts.ts";
import type { DocumentedResponse } from "./document.ts";
import { type Exchange, lineOf } from "./exchange.ts";
import { type Evidence, Failed } from "./outcomes.ts";

export interface Refusal {
  /** Statuses that refuse here; several where the document has several or HTTP leaves the choice. */
  readonly status: readonly number[];
  /** Codes that fit the reason; without them any code that the document lists for the status. `null`: any non-empty code. */
  readonly codes?: readonly string[] | RegExp | null;
}

/** Assertions that carry their evidence. They are counted: a check that asserts nothing has not passed. */
export interface Expect {
  readonly count: number;
  that(condition: boolean, message: string, evidence?: Evidence): void;
  equal(actual: unknown, expected: unknown, what: string, evidence?: Evidence): void;
  /** As numbers, however they are written. */
  amount(actual: unknown, expected: string, what: string, evidence?: Evidence): void;
  status(exchange: Exchange, allowed: readonly number[], what: string, evidence?: Evidence): void;
  /** A status of success: the document's for the operation, any 2xx in a check that judges by less than it. The envelope is judged by ENV-*. */
  ok(exchange: Exchange, what: string): void;
  /** Refused for this reason: status and code, both. */
  refused(exchange: Exchange, refusal: Refusal, what: string, evidence?: Evidence): void;
}

/** `successesOf`: an operation's documented successes; null for a check that must not judge by the document. */
export function expectations(successesOf: ((operationId: string) => readonly DocumentedResponse[]) | null): Expect {
  let count = 0;
  function that(condition: boolean, message: string, evidence: Evidence = {}): void {
    count += 1;
    if (!condition) throw new Failed(message, evidence);
  }
  const expect: Expect = {
    get count() {
      return count;
    },
    that,
    equal(actual, expected, what, evidence) {
      that(isDeepStrictEqual(actual, expected), what, { expected, actual: actual === undefined ? ABSENT : actual, ...evidence });
    },
    amount(actual, expected, what, evidence) {
      that(sameAmount(actual, expected), what, { expected, actual: actual === undefined ? ABSENT : actual, ...evidence });
    },
    status(exchange, allowed, what, evidence) {
      that(allowed.includes(exchange.status), what, {
        exchange,
        pointer: "status",
        expected: either(allowed),
        actual: exchange.status,
        ...evidence,
      });
    },
    ok(exchange, what) {
      if (successesOf === null) {
        const { status } = exchange;
        return that(status >= 200 && status < 300, what, { exchange, pointer: "status", expected: "2xx", actual: status });
      }
      const documented = exchange.operationId ? successesOf(exchange.operationId).map(({ status }) => status) : [200];
      expect.status(exchange, documented, what);
    },
    refused(exchange, { status, codes }, what, evidence) {
      expect.status(exchange, status, what, evidence);
      const documented = exchange.documented?.codes ?? [];
      const accepted = codes === undefined ? (documented.length > 0 ? documented : null) : codes;
      const { code } = exchange;
      const fits =
        code !== null && code !== "" && (accepted === null || (accepted instanceof RegExp ? accepted.test(code) : accepted.includes(code)));
      const wanted = accepted === null ? "a code" : accepted instanceof RegExp ? `a code like ${accepted.source}` : either(accepted);
      that(fits, `${what}: the code does not say so`, {
        exchange,
        pointer: "/error/code",
        expected: wanted,
        actual: code ?? ABSENT,
        ...evidence,
      });
    },
  };
  return expect;
}

/** How a report shows that there was nothing. */
export const ABSENT = "(absent)";

function either(list: readonly unknown[]): string {
  return list.length === 1 ? String(list[0]) : `one of ${list.join(", ")}`;
}

/** For messages: `POST /users → 409`. */
export function said(exchange: Exchange): string {
  return lineOf(exchange);
}
