/** A step of a trace, as the node's default tracer gives it. */
export interface StructLog {
  readonly op: string;
  readonly depth: number;
}

/** By how many words an instruction changes the stack, where it does (PUSH, DUP and LOG are computed). */
const CHANGES: readonly (readonly [number, string])[] = [
  [1, "ADDRESS ORIGIN CALLER CALLVALUE CALLDATASIZE CODESIZE GASPRICE RETURNDATASIZE COINBASE TIMESTAMP NUMBER DIFFICULTY PREVRANDAO"],
  [1, "GASLIMIT CHAINID SELFBALANCE BASEFEE BLOBBASEFEE PC MSIZE GAS"],
  [-1, "ADD MUL SUB DIV SDIV MOD SMOD EXP SIGNEXTEND LT GT SLT SGT EQ AND OR XOR BYTE SHL SHR SAR KECCAK256 POP JUMP SELFDESTRUCT"],
  [-2, "ADDMOD MULMOD MSTORE MSTORE8 SSTORE TSTORE JUMPI RETURN REVERT CREATE"],
  [-3, "CALLDATACOPY CODECOPY RETURNDATACOPY MCOPY CREATE2"],
  [-4, "EXTCODECOPY"],
  [-5, "DELEGATECALL STATICCALL"],
  [-6, "CALL CALLCODE"],
];

const CHANGE = new Map(CHANGES.flatMap(([by, names]) => names.split(" ").map((name) => [name, by] as const)));

function changeOf(op: string): number {
  if (op.startsWith("PUSH") || op.startsWith("DUP")) return 1;
  if (op.startsWith("LOG")) return -2 - Number(op.slice(3));
  return CHANGE.get(op) ?? 0;
}

/** How many words all the stacks of a trace would hold, known from the same trace without them. */
export function stackWords(steps: readonly StructLog[]): number {
  const heights: number[] = [];
  let last = 0;
  let words = 0;
  for (const { op, depth } of steps) {
    if (depth > last) heights[depth] = 0;
    last = depth;
    const height = heights[depth] ?? 0;
    words += height;
    heights[depth] = Math.max(0, height + changeOf(op));
  }
  return words;
}
