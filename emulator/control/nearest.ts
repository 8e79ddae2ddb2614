import { editDistance } from "../model/edit-distance.ts";

/** Nobody means a name of more letters; comparing takes time. */
const LONGEST = 64;

/** The name that takes the fewest changes of a letter to write instead. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wish = name.slice(0, LONGEST).toLowerCase();
  return names.map((each) => ({ each, far: editDistance([...wish], [...each.toLowerCase()]) })).toSorted((a, b) => a.far - b.far)[0]?.each;
}
