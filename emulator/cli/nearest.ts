import { editDistance } from "../model/edit-distance.ts";

/** Up to three names that somebody may have meant: those that hold the word, then those a few letters away. */
export function nearest(word: string, names: readonly string[]): string[] {
  const sought = word.toLowerCase();
  const scored = names.map((name) => ({ name, score: sought !== "" && name.includes(sought) ? 0 : editDistance([...sought], [...name]) }));
  const near = scored.filter(({ name, score }) => score <= Math.max(2, name.length / 3));
  return near
    .sort((a, b) => a.score - b.score)
    .slice(0, 3)
    .map(({ name }) => name);
}
