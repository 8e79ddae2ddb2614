/**
 * Compiles the contracts and writes contracts/compiled/, which is committed: the package ships without a compiler.
 *
 *     node contracts/compile.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import solc from "solc";
import { artifactUrl, contractNames } from "./artifacts.ts";
import { compilerSettings, compilerVersion } from "./settings.ts";

export interface CompiledContract {
  readonly contractName: string;
  readonly abi: readonly object[];
  readonly bytecode: string;
  readonly compiler: { readonly version: string; readonly settings: typeof compilerSettings };
}

interface SolcOutput {
  errors?: { formattedMessage: string }[];
  contracts: Record<string, Record<string, { abi: object[]; evm: { bytecode: { object: string } } }>>;
}

const require = createRequire(import.meta.url);

/** Compiles from the sources on disk. Throws on any compiler error or warning, and on another compiler version. */
export function compileContracts(): CompiledContract[] {
  const version: string = solc.version();
  if (!version.startsWith(`${compilerVersion}+`)) {
    throw new Error(`solc is ${version}, but the settings pin ${compilerVersion}.`);
  }
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(contractNames.map((name) => [source(name), readSource(source(name))])),
    settings: { ...compilerSettings, outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
  };
  const output: SolcOutput = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
  if (output.errors?.length) throw new Error(output.errors.map((error) => error.formattedMessage).join("\n"));

  return contractNames.map((contractName) => {
    const contract = output.contracts[source(contractName)]?.[contractName];
    if (!contract) throw new Error(`The compiler returned no ${contractName}.`);
    return {
      contractName,
      abi: contract.abi,
      bytecode: `0x${contract.evm.bytecode.object}`,
      compiler: { version, settings: compilerSettings },
    };
  });
}

/** The text of a committed artifact: same input, same bytes. */
export function artifactText(contract: CompiledContract): string {
  return `${JSON.stringify(contract, null, 2)}\n`;
}

function source(contractName: string): string {
  return `contracts/${contractName}.sol`;
}

/** Our own sources are named from the repository root, all others by their package. */
function readSource(name: string): { content: string } {
  const ours = name.startsWith("contracts/");
  const file = ours ? fileURLToPath(new URL(`../${name}`, import.meta.url)) : require.resolve(name);
  return { content: readFileSync(file, "utf8") };
}

function findImport(name: string): { contents: string } | { error: string } {
  try {
    return { contents: readSource(name).content };
  } catch (cause) {
    return { error: String(cause) };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const contract of compileContracts()) {
    writeFileSync(artifactUrl(contract.contractName), artifactText(contract));
  }
}
