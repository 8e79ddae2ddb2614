/** Which paths are the control plane's, which are guarded as it is, and which of them are pages without state. */
import { expect, it } from "vitest";
import { isControlPath, isGuardedPath, isPage } from "../../../emulator/control/access/paths.ts";

it.each([
  ["/", "guarded page"],
  ["/dashboard", "guarded page"],
  ["/dashboard/users", "guarded page"],
  ["/_sandbox", "control guarded page"],
  ["/_sandbox/", "control guarded page"],
  ["/_sandbox/docs", "control guarded page"],
  ["/_sandbox/openapi.json", "control guarded page"],
  ["/_sandbox/openapi.yaml", "control guarded page"],
  ["/_sandbox/docs/x", "control guarded"],
  ["/_sandbox/info", "control guarded"],
  ["/_SANDBOX/info", "guarded"],
  ["/Dashboard/users", "guarded"],
  ["/_sandboxes", ""],
  ["/dashboards", ""],
  ["/v1/_sandbox", ""],
])("%s: %s", (path, expected) => {
  const found = [isControlPath(path) && "control", isGuardedPath(path) && "guarded", isPage(path) && "page"];
  expect(found.filter(Boolean).join(" ")).toBe(expected);
});
