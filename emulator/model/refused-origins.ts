/** Log lines at most: more origins than this are not those of a developer's pages. */
const MOST = 50;

/** Logs once for each origin that its pages are not served, and which flag allows them: a browser does not show a page the reason. */
export function refusedOrigins(what: string, flag: string, log: (sentence: string) => void): (origin: string) => void {
  const logged = new Set<string>();
  return (origin) => {
    // Visible ASCII only: no control characters reach a terminal.
    const name = /^[!-~]{1,200}$/.test(origin) ? origin : "an odd origin";
    if (logged.size >= MOST || logged.has(name)) return;
    logged.add(name);
    log(`${what} does not serve pages of ${name}; to allow them: ${flag} ${name === "null" ? "'*'" : name}`);
  };
}
