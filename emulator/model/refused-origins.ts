/** Origins that are told of; whoever sends more of them is not looking for help. */
const MOST = 50;

/** Says once for each origin that its pages are not served, and which flag would change it: browsers tell a page nothing. */
export function refusedOrigins(what: string, flag: string, say: (sentence: string) => void): (origin: string) => void {
  const told = new Set<string>();
  return (origin) => {
    // A log line holds what an origin can be, and nothing that a terminal would obey.
    const name = /^[!-~]{1,200}$/.test(origin) ? origin : "an odd origin";
    if (told.size >= MOST || told.has(name)) return;
    told.add(name);
    say(`${what} does not serve pages of ${name}; to allow them: ${flag} ${name === "null" ? "'*'" : name}`);
  };
}
