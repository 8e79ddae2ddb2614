/**
 * Whether a name has the form of a pattern: `*` stands for anything, `?` for one character; case does not matter.
 * In linear time: after a mismatch only the latest star takes one character more.
 */
export function matches(glob: string, name: string): boolean {
  const [pattern, text] = [glob.toLowerCase(), name.toLowerCase()];
  let [at, read] = [0, 0];
  let star: { readonly at: number; read: number } | null = null;
  while (read < text.length) {
    if (pattern[at] === "*") {
      star = { at, read };
      at += 1;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[read])) {
      at += 1;
      read += 1;
    } else if (star) {
      star.read += 1;
      at = star.at + 1;
      read = star.read;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
