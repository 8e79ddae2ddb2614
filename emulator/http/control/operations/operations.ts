import type { Controls } from "../../../control/controls.ts";
import type { LoadedDocument } from "../../document.ts";
import type { ControlHandlers, ControlId } from "../handler.ts";
import { eventOperations } from "./events.ts";
import { faultOperations } from "./faults.ts";
import { keyOperations } from "./keys.ts";
import { requestOperations } from "./requests.ts";
import { sandboxOperations } from "./sandbox.ts";
import { stateOperations } from "./state.ts";
import { timeOperations } from "./time.ts";

/** The handler of each operation of spec/control.yaml. */
export function controlOperations(controls: Controls, document: LoadedDocument, publicUrl: string | null): ControlHandlers<ControlId> {
  return {
    ...sandboxOperations(controls, document, publicUrl),
    ...stateOperations(controls),
    ...timeOperations(controls),
    ...keyOperations(controls),
    ...faultOperations(controls),
    ...requestOperations(controls),
    ...eventOperations(controls),
  };
}
