import { pino } from "pino";
import { Access } from "../../emulator/control/access/access.ts";
import { type AppParts, createApp } from "../../emulator/http/app.ts";
import { loadDocument } from "../../emulator/http/document.ts";
import { HangingRequests } from "../../emulator/http/faults/hanging.ts";
import type { ApiKeyRecord } from "../../emulator/model/api-key.ts";
import { operations } from "./contract.ts";
import { only } from "./only.ts";

const KEY: ApiKeyRecord = {
  id: "key_01M1E57W20TDFW1JRK5MJ2ZEXH",
  object: "api_key",
  name: "test",
  hash: "",
  last4: "0000",
  scopes: operations.flatMap(({ scopes }) => scopes ?? []) as ApiKeyRecord["scopes"],
  created_at: "2026-01-01T00:00:00.000Z",
  expires_at: null,
  revoked_at: null,
};

/** An application of our document whose every read is answered by this, with all scopes, no limits and no faults; `parts` replace others. */
export async function appAnswering(read: () => unknown, parts: Partial<AppParts> = {}) {
  return createApp({
    document: loadDocument(),
    operations: { reads: new Proxy({}, { get: () => read }), writes: {} },
    control: (_req, _res, next) => next(),
    world: only<AppParts["world"]>({ epoch: 0, durable: () => null }),
    clock: only<AppParts["clock"]>({ now: () => 0, elapsed: () => 0 }),
    newRequestId: () => "req_01M1E57W20TDFW1JRK5MJ2ZEXH",
    keys: only<AppParts["keys"]>({ authenticate: () => KEY, hasSessions: false }),
    limiter: only<AppParts["limiter"]>({ policies: [], take: () => null }),
    faults: { strike: () => null, duringFault: () => () => {}, hanging: new HangingRequests() },
    recorder: only({ record: () => {} }),
    sandboxId: "sbx_0",
    access: new Access(),
    log: pino({ level: "silent" }),
    ...parts,
  });
}
