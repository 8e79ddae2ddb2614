import type { SandboxInfo } from "./control/controls.ts";
import { memoryWarning } from "./control/memory.ts";
import type { FirstFixture } from "./control/seeding.ts";
import type { DataFolder } from "./data-folder.ts";
import type { Engine } from "./engine/engine.ts";
import { FORMAT, type HeaderLine } from "./engine/journal-line.ts";
import { VERSION } from "./package-root.ts";
import type { SandboxOptions } from "./sandbox-api.ts";

/** The first line of a new journal. `drawn`: the seed of a sandbox that was not given one. */
export function newHeader({ seed, chainId }: SandboxOptions, { id, from }: FirstFixture, drawn: string): HeaderLine {
  const seeded = seed !== undefined;
  return {
    v: FORMAT,
    kind: "header",
    generation: 1,
    base_seq: 0,
    last_seq: 0,
    db_digest: null,
    chain_id: chainId ?? 31337,
    hardfork: "cancun",
    seed: seeded ? String(seed) : drawn,
    seeded,
    start: new Date(from).toISOString(),
    fixture: id,
    made_by: VERSION,
  };
}

/** What `GET /_sandbox/info` tells. */
export function infoOf(
  header: HeaderLine,
  { dataDir, mining }: SandboxOptions,
  identity: { token: string; badge: string },
  block_number: number,
  urls: SandboxInfo["urls"],
): SandboxInfo {
  return {
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
export function noticesOf({ recovered }: Engine, header: HeaderLine, folder: DataFolder | null): string[] {
  const memory = memoryWarning();
  const notices = [...(folder?.notices ?? []), ...(memory === null ? [] : [memory])];
  if (!recovered) return notices;
  return [
    ...notices,
    "Quotas were cleared by the restart.",
    ...(recovered.tail === "torn" ? ["The last line of the journal was torn: an unfinished, unacknowledged write was dropped."] : []),
    ...(recovered.tail === "mended" ? ["The last line of the journal had lost its newline; the write that it holds is kept."] : []),
    ...(recovered.hashDiffers
      ? [`The replayed chain has other hashes than the journal says: it was made by release ${header.made_by}, this is ${VERSION}.`]
      : []),
  ];
}
