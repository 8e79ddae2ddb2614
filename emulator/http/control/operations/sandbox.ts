import type { Controls } from "../../../control/controls.ts";
import { ApiError } from "../../../model/errors.ts";
import { VERSION } from "../../../package-root.ts";
import type { LoadedDocument } from "../../document.ts";
import { DOCS_POLICY, docsPage } from "../../pages/docs.ts";
import type { ControlHandlers } from "../handler.ts";

type Ids = "getIndex" | "getHealth" | "getReadiness" | "getInfo" | "getDocs" | "getOpenApiJson" | "getOpenApiYaml" | "runDoctor";

/** Operations tagged Sandbox. */
export function sandboxOperations(controls: Controls, document: LoadedDocument): ControlHandlers<Ids> {
  const documents = {
    docs: "/_sandbox/docs",
    openapi_json: "/_sandbox/openapi.json",
    openapi_yaml: "/_sandbox/openapi.yaml",
  };
  return {
    getIndex() {
      const routes = document.operations.map(({ method, path, id, summary }) => ({
        method: method.toUpperCase() as "GET",
        path: `/_sandbox${path}`,
        operation_id: id,
        summary,
      }));
      return { data: { version: VERSION, documents, routes }, message: "The control plane of this sandbox." };
    },
    getHealth: () => ({ data: { status: "alive" }, message: "The process is alive." }),
    getReadiness() {
      if (controls.ready()) return { data: { status: "ready" }, message: "Contracts are deployed and the fixture is applied." };
      throw new ApiError(
        "STORAGE_UNAVAILABLE",
        "The sandbox is not ready: it is starting or stopping, or its chain has been busy for more than a second.",
      );
    },
    getInfo: () => ({ data: controls.info(), message: "Where everything is." }),
    getDocs: () => ({
      type: "html",
      text: docsPage(document, "/_sandbox"),
      headers: { "Content-Security-Policy": DOCS_POLICY },
    }),
    getOpenApiJson: () => ({ type: "application/json", text: document.jsonText }),
    getOpenApiYaml: () => ({ type: "application/yaml", text: document.yaml() }),
    async runDoctor() {
      const findings = await controls.doctor();
      const healthy = findings.every(({ problems }) => problems.length === 0);
      return { data: { healthy, findings }, message: healthy ? "Every invariant holds." : "Invariants are broken; see findings." };
    },
  };
}
