import type { CallObject } from "./runs.ts";

/** What a transaction costs before anything runs, at least (EIP-2028, 2930, 3860, 7623, 7702). */
export function intrinsicGas(call: CallObject): number {
  const data = call.data ?? call.input;
  const bytes = typeof data === "string" ? Math.max(0, data.length / 2 - 1) : 0;
  const zeros = typeof data === "string" ? countZeros(data) : 0;
  const creation = call.to === undefined || call.to === null ? 32_000 + 2 * Math.ceil(bytes / 32) : 0;
  const list = Array.isArray(call.accessList) ? call.accessList : [];
  const keys = list.reduce((sum, entry) => sum + ((entry as { storageKeys?: unknown[] } | null)?.storageKeys?.length ?? 0), 0);
  const authorizations = Array.isArray(call.authorizationList) ? call.authorizationList.length : 0;
  const used = 4 * zeros + 16 * (bytes - zeros) + creation + 2400 * list.length + 1900 * keys + 25_000 * authorizations;
  const floor = 10 * zeros + 40 * (bytes - zeros);
  return 21_000 + Math.ceil(Math.max(used, floor));
}

function countZeros(data: string): number {
  let zeros = 0;
  for (let at = 2; at + 1 < data.length; at += 2) if (data[at] === "0" && data[at + 1] === "0") zeros += 1;
  return zeros;
}
