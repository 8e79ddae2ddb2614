import type { Controls } from "../../../control/controls.ts";
import { listPage } from "../../../control/list-page.ts";
import type { Fault } from "../../../model/fault.ts";
import type { ControlHandlers } from "../handler.ts";

type Ids = "getWebhookFaults" | "setWebhookFaults" | "listFaults" | "addFault" | "clearFaults" | "deleteFault";

/** Operations tagged Faults. */
export function faultOperations({ faults, webhooks }: Controls): ControlHandlers<Ids> {
  return {
    getWebhookFaults: () => ({ data: webhooks.show(), message: "How webhooks are delivered." }),
    setWebhookFaults: ({ body }) => ({ data: webhooks.set(body), message: "Updated how webhooks are delivered." }),
    listFaults({ query }) {
      return { data: listPage("faults", faults.list(), query, ({ id }) => id), message: "Faults, in the order in which they are tried." };
    },
    addFault({ body }) {
      const fault = faults.add(body as Fault);
      return { status: 201, data: fault, message: `Added the fault ${fault.id}.` };
    },
    clearFaults() {
      faults.clear();
      return { data: null, message: "Cleared all faults." };
    },
    deleteFault({ params: { fault_id: id } }) {
      faults.clear(id);
      return { data: { id }, message: `Cleared the fault ${id}.` };
    },
  };
}
