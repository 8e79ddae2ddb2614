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
  for (let at = 0; at < text.length; at++) {
    const token = text[at];
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    if (token !== '"') continue;
    const begin = at;
    at = endOfString(text, begin);
    if (!isName(text, at)) continue;
    const name = JSON.parse(text.slice(begin, at + 1)) as string;
    const names = open.at(-1);
    if (names?.has(name)) return name;
    names?.add(name);
  }
  return null;
}

/** Where the string ends that begins here: at the next quotation mark that is not escaped. */
function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** Whether the string that ends here is the name of a member. */
function isName(text: string, end: number): boolean {
  let at = end + 1;
  while (/[ \t\r\n]/.test(text[at] ?? "")) at += 1;
  return text[at] === ":";
}
