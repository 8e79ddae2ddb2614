import type { Request } from "express";
import type { Controls } from "../../../control/controls.ts";
import { ApiError } from "../../../model/errors.ts";
import { VERSION } from "../../../package-root.ts";
import { requestOrigin } from "../../call.ts";
import type { LoadedDocument } from "../../document.ts";
import { docsPage, docsPolicy } from "../../pages/docs.ts";
import { addressOf } from "../../served-document.ts";
import type { ControlHandlers } from "../handler.ts";

type Ids = "getIndex" | "getHealth" | "getReadiness" | "getInfo" | "getDocs" | "getOpenApiJson" | "getOpenApiYaml" | "runDoctor";

/** Operations tagged Sandbox. */
export function sandboxOperations(controls: Controls, document: LoadedDocument, publicUrl: string | null): ControlHandlers<Ids> {
  const addressAt = (req: Request) => addressOf(requestOrigin(req), "/_sandbox", publicUrl);
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
    getDocs: ({ req }) => ({
      type: "text/html",
      body: docsPage(document, "/_sandbox", addressAt(req)),
      headers: { "Content-Security-Policy": docsPolicy(publicUrl) },
    }),
    getOpenApiJson: ({ req }) => ({ type: "application/json", body: document.served.json(addressAt(req)) }),
    getOpenApiYaml: ({ req }) => ({ type: "application/yaml", body: document.served.yaml(addressAt(req)) }),
    async runDoctor() {
      const findings = await controls.doctor();
      const healthy = findings.every(({ problems }) => problems.length === 0);
      return { data: { healthy, findings }, message: healthy ? "Every invariant holds." : "Invariants are broken; see findings." };
    },
  };
}
