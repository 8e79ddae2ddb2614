import type { Controls } from "../../../control/controls.ts";
import { type ControlHandlers, counted } from "../handler.ts";

type Ids = "listRequests" | "countRequests" | "clearRequests" | "getTrace" | "getCoverage";

/** Operations tagged Requests: what is seen of a sandbox. */
export function requestOperations(controls: Controls): ControlHandlers<Ids> {
  const { requests } = controls;
  return {
    async listRequests({ query }) {
      const page = await requests.page(query);
      return { data: page, message: `${counted(page.items.length, "request")}, newest first.` };
    },
    async countRequests({ query }) {
      const count = await requests.counted(query);
      return { data: { count }, message: `${counted(count, "request")} in the log.` };
    },
    clearRequests() {
      requests.clear();
      return { data: null, message: "Cleared the request log." };
    },
    getTrace({ params: { request_id } }) {
      const trace = controls.trace(request_id);
      const { method, path, status } = trace.request;
      return { data: trace, message: `${method} ${path} was answered with ${status ?? "nothing"}.` };
    },
    getCoverage() {
      const coverage = controls.coverage();
      return { data: coverage, message: `The client has met ${coverage.percent} % of the API.` };
    },
  };
}
