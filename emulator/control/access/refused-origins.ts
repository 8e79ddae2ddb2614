import { ORIGIN } from "../../model/origin.ts";

/** Log lines at most: more origins than this are not those of a developer's pages. */
const MOST = 50;

/** Logs once for each origin that its pages are not served, and which flag allows them: a browser does not show a page the reason. */
export function refusedOrigins(what: string, flag: string, log: (sentence: string) => void): (origin: string) => void {
  const logged = new Set<string>();
  return (origin) => {
    const value = settingOf(origin);
    const name = value === null ? "an origin that cannot be printed" : origin;
    if (logged.size >= MOST || logged.has(name)) return;
    logged.add(name);
    log(`${what} does not serve pages of ${name}${value === null ? "" : `; to allow them: ${flag} ${value}`}`);
  };
}

/** What a setting takes that allows this origin, to be pasted into a shell; null for one that no setting can name. */
function settingOf(origin: string): string | null {
  if (origin === "null") return "'*'";
  return origin.length <= 200 && ORIGIN.test(origin) && origin.includes("://") ? origin : null;
}
