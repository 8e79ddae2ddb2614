import { createHash, randomBytes } from "node:crypto";
import type { SandboxInfo } from "./control/controls.ts";
import { memoryWarning } from "./control/memory.ts";
import type { FirstFixture } from "./control/seeding.ts";
import type { DataFolder } from "./data-folder.ts";
import type { Engine } from "./engine/engine.ts";
import { FORMAT, type HeaderLine } from "./engine/journal-line.ts";
import { VERSION } from "./package-root.ts";
import type { ChainRules } from "./ports/chain.ts";
import type { SandboxOptions } from "./sandbox-api.ts";

/** The first line of a new journal. `drawn`: the seed of a sandbox that was not given one. */
export function newHeader({ seed, chainId }: SandboxOptions, rules: ChainRules, { id, from }: FirstFixture, drawn: string): HeaderLine {
  const seeded = seed !== undefined;
  return {
    v: FORMAT,
    kind: "header",
    generation: 1,
    base_seq: 0,
    last_seq: 0,
    db_digest: null,
    chain_id: chainId ?? 31337,
    rules,
    seed: seeded ? String(seed) : drawn,
    seeded,
    start: new Date(from).toISOString(),
    fixture: id,
    made_by: VERSION,
  };
}

/**
 * The sandbox's identity: `info` and the lock have it, and commands send it (`Sandbox-Id`), so that none acts on another sandbox that
 * answers at the same address. `folder`: device and inode of the data folder; null in memory.
 *
 * With a folder it is derived from the journal's header (its seed above all, random without `--seed`) and the folder. It stays the same
 * over restarts and imports, also for folders written by earlier releases. A copy of the folder has another one, and so has the folder
 * after `--fresh`, unless the seed is given.
 * The header cannot hold it: two runs with the same `--seed` write byte-identical journals, yet they are two sandboxes.
 * In memory it is random, and ends with the process.
 */
export function sandboxId({ seed, seeded, chain_id, fixture }: HeaderLine, folder: string | null): string {
  const facts = JSON.stringify([seed, seeded, chain_id, fixture, folder]);
  const noise = folder === null ? randomBytes(16) : createHash("sha256").update(`sandbox ${facts}`).digest();
  return `sbx_${noise.toString("hex", 0, 13)}`;
}

/** What `GET /_sandbox/info` tells. */
export function infoOf(
  sandbox_id: string,
  header: HeaderLine,
  { dataDir, mining }: SandboxOptions,
  identity: { token: string; badge: string },
  block_number: number,
  urls: SandboxInfo["urls"],
): SandboxInfo {
  return {
    sandbox_id,
    version: VERSION,
    node: process.version,
    pid: process.pid,
    fixture: header.fixture,
    seed: header.seeded ? header.seed : null,
    data_dir: dataDir ?? null,
    urls: { ...urls },
    chain: { chain_id: header.chain_id, token_address: identity.token, badge_address: identity.badge, block_number },
    mining: mining?.kind ?? "auto",
  };
}

/** What people should know of a start: what was set aside or dropped, quotas that were cleared. */
export function noticesOf({ recovered, header }: Engine, { publicUrl }: SandboxOptions, folder: DataFolder | null): string[] {
  const memory = memoryWarning();
  const notices = [...(folder?.notices ?? []), ...(memory === null ? [] : [memory])];
  if (!recovered) return notices;
  const { external_base } = header.rules;
  const elsewhere = publicUrl === undefined || publicUrl === external_base ? [] : [movedNotice(external_base)];
  return [
    ...notices,
    "Quotas were cleared by the restart.",
    ...elsewhere,
    ...(recovered.tail === "torn" ? ["The last line of the journal was torn: an unfinished write was dropped."] : []),
    ...(recovered.tail === "mended" ? ["The last line of the journal had lost its newline; the write that it holds is kept."] : []),
    ...(recovered.hashDiffers
      ? [`The replayed chain has other hashes than the journal says: it was made by release ${header.made_by}, this is ${VERSION}.`]
      : []),
  ];
}

function movedNotice(made: string): string {
  const names = made === "" ? "no public URL" : made;
  return `The badges on the chain name ${names}, with which it was made; the new --public-url is in answers and credentials alone.`;
}
