/** Programs for the EVM, written as instructions and numbers: `"0 DUP1 SLOAD POP"`. */
const OPCODES: Readonly<Record<string, string>> = {
  ...{
    ADD: "01",
    SUB: "03",
    EXP: "0a",
    LT: "10",
    KECCAK256: "20",
    ADDRESS: "30",
    BALANCE: "31",
    GASPRICE: "3a",
    COINBASE: "41",
    TIMESTAMP: "42",
    NUMBER: "43",
    PREVRANDAO: "44",
    GASLIMIT: "45",
    BASEFEE: "48",
    CALLDATASIZE: "36",
    CODESIZE: "38",
    CODECOPY: "39",
  },
  ...{ EXTCODECOPY: "3c", RETURNDATACOPY: "3e", BLOCKHASH: "40", POP: "50", MSTORE: "52", MSTORE8: "53", SLOAD: "54", SSTORE: "55" },
  ...{ JUMP: "56", JUMPI: "57", GAS: "5a", JUMPDEST: "5b", TSTORE: "5d", MCOPY: "5e", DUP1: "80", SWAP1: "90", LOG0: "a0", LOG4: "a4" },
  ...{ CREATE: "f0", CALL: "f1", RETURN: "f3", STATICCALL: "fa", REVERT: "fd", INVALID: "fe", UNDEFINED: "0c" },
};

export function program(source: string): string {
  return `0x${source
    .trim()
    .split(/\s+/)
    .map((word) => OPCODES[word] ?? push(word))
    .join("")}`;
}

/** Does `before` once and `body` for ever. */
export function looping(body: string, before = "0"): string {
  const start = program(before);
  return `${start}5b${program(body).slice(2)}${push(String(start.length / 2 - 1))}56`;
}

/** Fails while what an instruction says is at most so much, and else does not end. */
export function fickle(what: "GAS" | "GASPRICE" | "BASEFEE" | "NUMBER" | "TIMESTAMP" | "PREVRANDAO", most: number | string): string {
  const compared = program(`${what} ${most} LT`);
  const target = compared.length / 2 - 1 + 4;
  return `${compared}${push(String(target))}57fe5b5b${push(String(target + 1))}56`;
}

function push(word: string): string {
  const hex = word.startsWith("0x") ? word.slice(2) : Number(word).toString(16);
  const bytes = hex.length % 2 === 0 ? hex : `0${hex}`;
  return `${(0x5f + bytes.length / 2).toString(16)}${bytes}`;
}

const KB = 1024;
const memory = (size: number) => `0 ${size - 1} MSTORE8`;
const call = (address: string, bytes: number) => `0 0 ${bytes} 0 0 ${address} GAS CALL POP`;
const ask = (address: string, bytes: number) => `0 0 ${bytes} 0 ${address} GAS STATICCALL POP`;
const words = (count: number) => Array.from({ length: count }, (_, index) => `0x${"fe".repeat(32)} ${96 + 32 * index} MSTORE`).join(" ");
const modexp = (size: number) => `${size} 0 MSTORE ${size} 32 MSTORE ${size} 64 MSTORE ${words(Math.ceil((3 * size) / 32))}`;

/** Programs that do not end, each in its own way costly. */
export const LOOPS = {
  jumps: "0x5b600056",
  "jump destinations": `0x${"5b".repeat(24_000)}600056`,
  "push and pop": `0x5b${"5850".repeat(11_000)}600056`,
  memory: looping("DUP1 DUP1 MSTORE 1024 ADD"),
  keccak256: looping(`${256 * KB} 0 KECCAK256 POP`, memory(256 * KB)),
  mcopy: looping(`${256 * KB} 0 0 MCOPY`, memory(256 * KB)),
  exp: looping(`0x${"ff".repeat(32)} 3 EXP POP`),
  "cold storage": looping("DUP1 SLOAD POP 1 ADD"),
  "storage writes": looping("DUP1 DUP1 SSTORE 1 ADD"),
  "transient storage": looping("DUP1 DUP1 TSTORE 1 ADD"),
  balances: looping("DUP1 BALANCE POP 1 ADD", "0xffff"),
  "block hashes": looping("0 BLOCKHASH POP"),
  "code copies": looping("24000 0 0 ADDRESS EXTCODECOPY"),
  logs: looping("0 0 0 0 0 0 LOG4"),
  "large logs": looping(`${64 * KB} 0 LOG0`, memory(64 * KB)),
  creations: looping("0 0 0 CREATE POP"),
  "large creations": looping("49152 0 0 CREATE POP", memory(48 * KB)),
  // They end at once, or fail, with little gas.
  "with more than 3 million gas": fickle("GAS", 3_000_000),
  "with more than 12 million gas": fickle("GAS", 12_000_000),
  "at a gas price": fickle("GASPRICE", 0),
  "at a base fee": fickle("BASEFEE", 0),
  "in a block to come": fickle("NUMBER", 1),
  "calls with 600 KB": "0x5b5f5f620927c05f6112345afa5061000056",
  calls: looping(call("0xaaaa", 0)),
  "calls with 64 KB": looping(call("0xaaaa", 64 * KB), memory(64 * KB)),
  "calls with 128 KB": looping(call("0xaaaa", 128 * KB), memory(128 * KB)),
  "console.log of 64 KB": looping(call("0x000000000000000000636F6e736F6c652e6c6f67", 64 * KB), memory(64 * KB)),
  identity: looping(ask("0x4", 64 * KB), memory(64 * KB)),
  sha256: looping(ask("0x2", 64 * KB), memory(64 * KB)),
  ecrecover: looping(ask("0x1", 128)),
  "modexp of 32 bytes": looping(ask("0x5", 192), modexp(32)),
  "modexp of 256 bytes": looping(ask("0x5", 864), modexp(256)),
  "bn254 multiplication": looping(ask("0x7", 96), `1 0 MSTORE 2 32 MSTORE 0x${"ff".repeat(31)} 64 MSTORE`),
  "bn254 pairing": looping(ask("0x8", 768)),
  blake2f: looping(ask("0x9", 213), `0x000f4240${"00".repeat(28)} 0 MSTORE 1 212 MSTORE8`),
  "calls of itself": program("0 0 0 0 0 ADDRESS GAS CALL 0 0 0 0 0 ADDRESS GAS CALL"),
} as const;

/** Creates a contract with this code. */
export function deploying(code: string): string {
  const size = (code.length - 2) / 2;
  return `0x61${size.toString(16).padStart(4, "0")}80600a3d393df3${code.slice(2)}`;
}
