import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Controls } from "../../../control/controls.ts";
import { listPage } from "../../../control/list-page.ts";
import { type SeedInput, sayMade } from "../../../control/seeding.ts";
import { ApiError } from "../../../model/errors.ts";
import { type ControlCall, type ControlHandlers, counted } from "../handler.ts";

type Ids =
  | "resetSandbox"
  | "listFixtures"
  | "seedSandbox"
  | "listSnapshots"
  | "createSnapshot"
  | "restoreSnapshot"
  | "deleteSnapshot"
  | "exportState"
  | "importState";

const HOUR_MS = 3_600_000;

/** Operations tagged State. */
export function stateOperations(controls: Controls): ControlHandlers<Ids> {
  return {
    async resetSandbox() {
      await controls.reset();
      return { data: null, message: "Back to the state right after the fixture." };
    },
    listFixtures() {
      return { data: { items: controls.fixtures(), has_more: false, next_cursor: null }, message: "Fixtures that are shipped." };
    },
    async seedSandbox({ body }) {
      const seeded = await controls.seed(seedInput(body, controls.fixtures()));
      const advanced = seeded.clock_advanced_ms;
      const clock = advanced === 0 ? "" : ` Its history spans ${sayDuration(advanced)}; the clock moved forward by that much.`;
      return { data: seeded, message: `Made ${sayMade(seeded)}.${clock}` };
    },
    listSnapshots({ query }) {
      return { data: listPage("snapshots", controls.snapshots(), query, ({ name }) => name), message: "Named snapshots, oldest first." };
    },
    async createSnapshot({ body: { name } }) {
      await controls.snapshot(name);
      return { status: 201, data: { name }, message: `Took the snapshot "${name}".` };
    },
    async restoreSnapshot({ params: { name } }) {
      await controls.restore(name);
      return { data: { name }, message: `Restored the snapshot "${name}".` };
    },
    async deleteSnapshot({ params: { name } }) {
      await controls.deleteSnapshot(name);
      return { data: { name }, message: `Deleted the snapshot "${name}".` };
    },
    async exportState({ req }) {
      const pieces = await controls.export();
      return {
        async stream(res) {
          res.setHeader("Content-Type", "application/yaml");
          if (req.method === "HEAD") return void res.end();
          try {
            await pipeline(Readable.from(pieces), res);
          } catch (error) {
            // Whoever went away while reading needs no answer; what breaks off otherwise must not look whole.
            if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
          }
        },
      };
    },
    async importState({ req }) {
      try {
        const imported = await controls.import(req.iterator({ destroyOnReturn: false }));
        return { data: imported, message: "Imported. Webhook secrets and the issuer key are new." };
      } catch (error) {
        // The rest is of no use, but whoever is still sending it would not hear the refusal.
        req.on("data", () => {});
        throw error;
      }
    },
  };
}

function sayDuration(ms: number): string {
  const hours = Math.round(ms / HOUR_MS);
  return hours < 48 ? counted(hours, "hour") : counted(Math.round(hours / 24), "day");
}

/** By name only one that is shipped: files of this machine are not read for others. */
function seedInput({ fixture, yaml, file, generate }: ControlCall<"seedSandbox">["body"], names: readonly string[]): SeedInput {
  if (yaml !== undefined) return { yaml, file: file ?? "fixture.yaml" };
  if (generate !== undefined) return { generate };
  if (fixture !== undefined && names.includes(fixture)) return fixture;
  throw new ApiError(
    "FIXTURE_NOT_FOUND",
    `There is no fixture ${fixture}; there are ${names.join(", ")}. Send the text of one of your own as yaml.`,
    { param: "fixture" },
  );
}
