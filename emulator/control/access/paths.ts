/** Whether a path is the control plane's: `/_sandbox` and all below, in lower case as it is served. */
export function isControlPath(path: string): boolean {
  return path === "/_sandbox" || path.startsWith("/_sandbox/");
}

/** Whether a path is for programs and the sandbox's own pages alone; in any case of its letters, so that no way of writing it gets round. */
export function isGuardedPath(path: string): boolean {
  const lower = path.toLowerCase();
  return path === "/" || isControlPath(lower) || lower === "/dashboard" || lower.startsWith("/dashboard/");
}

/** Pages, and the document that one of them shows: no state is in them. */
export function isPage(path: string): boolean {
  return /^\/($|dashboard(\/|$)|_sandbox(\/?$|\/docs$|\/openapi\.(json|yaml)$))/.test(path);
}
