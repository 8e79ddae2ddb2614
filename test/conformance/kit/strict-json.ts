/** RFC 8259 read strictly: valid UTF-8 without a byte order mark, no trailing text, and no name twice in an object. */
export type StrictJson = { readonly value: unknown } | { readonly problem: string };

export function strictJson(bytes: Buffer): StrictJson {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { problem: "is not valid UTF-8" };
  }
  if (text.startsWith("\uFEFF")) return { problem: "begins with a byte order mark" };
  try {
    const value: unknown = JSON.parse(text);
    const twice = duplicateName(text);
    return twice === null ? { value } : { problem: `has the name ${JSON.stringify(twice)} twice in one object` };
  } catch (error) {
    return { problem: `is not JSON (${(error as Error).message})` };
  }
}

/** JSON.parse keeps the last of two equal names silently. `text` is valid JSON. */
function duplicateName(text: string): string | null {
  /** Names of each open object; null for an array. */
  const open: (Set<string> | null)[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token.endsWith(":")) {
      const name = JSON.parse(token.replace(/\s*:$/, "")) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return null;
}
