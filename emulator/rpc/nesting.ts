/** Whether JSON has more arrays and objects within each other than `most`: known before it is parsed, and before anything recurses over it. */
export function isDeeper(json: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (char === '"') at = endOfString(json, at);
    else if (char === "[" || char === "{") {
      depth += 1;
      if (depth > most) return true;
    } else if (char === "]" || char === "}") depth -= 1;
  }
  return false;
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = json.indexOf('"', at);
    if (at === -1) return json.length;
    let before = at - 1;
    while (json[before] === "\\") before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
}
